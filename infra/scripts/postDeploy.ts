/**
 * After `azd deploy` (and `azd provision`): the event subscription, which by webhook can only be made once the host has
 * its key, and by queue once the role of the topic is seen; and a probe picture that proves it. Run it as often as you
 * like: what is right is let be.
 */
import { parseArgs } from 'node:util';
import { explained } from '../../src/cli/azure/refusals.ts';
import { exitCodeOf, explain } from '../../src/cli/faults.ts';
import { readDeployment } from './deployment.ts';
import type { Options } from './ensureEvents.ts';
import { withoutKey } from './withoutKey.ts';

const HELP = `azd hooks run postdeploy, or node infra/scripts/postDeploy.ts [options]

  --dry-run       say what would be done, and do nothing
  --no-probe      drop no probe picture
  --no-wait       end well where the app has no code yet, as after azd provision
  --patience <s>  how long to wait, for the key, the subscription and the document each (300)

Exit codes: 0 fine, 1 something failed, 2 wrong use, 130 interrupted.
`;

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());

try {
  const options = readOptions();
  if (options) {
    const deployment = readDeployment(process.env);
    const { ensureEvents } = await import('./ensureEvents.ts'); // the SDKs take their time to load
    await explained(() => ensureEvents(deployment, options, interrupted.signal));
  }
} catch (error) {
  const wrongUse = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') ?? false;
  if (interrupted.signal.aborted) process.exitCode = 130;
  else {
    process.stderr.write(`${withoutKey(explain(error))}\n${wrongUse ? HELP : ''}`);
    process.exitCode = wrongUse ? 2 : exitCodeOf(error);
  }
}

/** Undefined where only help was wanted. */
function readOptions(): Options | undefined {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      probe: { type: 'boolean', default: true },
      wait: { type: 'boolean', default: true },
      patience: { type: 'string', default: '300' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return undefined;
  }
  const seconds = Number(values.patience);
  if (!(seconds > 0 && seconds <= 3_600)) {
    throw Object.assign(new Error(`--patience takes seconds, from 1 to 3600, not ${values.patience}.`), {
      code: 'ERR_PARSE_ARGS_PATIENCE',
    });
  }
  return { dryRun: values['dry-run'], probe: values.probe, wait: values.wait, patienceMs: seconds * 1_000 };
}
