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

/** The script: what it does goes to standard output; resolves with its exit code, and never rejects. */
export async function runPostDeploy(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number> {
  try {
    const options = readOptions(args);
    if (!options) return 0;
    const deployment = readDeployment(environment);
    const { ensureEvents } = await import('./ensureEvents.ts'); // the SDKs take their time to load
    await explained(() => ensureEvents(deployment, options, signal));
    return 0;
  } catch (error) {
    if (signal.aborted) return 130;
    const wrongUse = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') ?? false;
    process.stderr.write(`${withoutKey(explain(error))}\n${wrongUse ? HELP : ''}`);
    return wrongUse ? 2 : exitCodeOf(error);
  }
}

/** Undefined where only help was wanted. */
function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
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
