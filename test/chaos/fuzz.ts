import { parseArgs } from 'node:util';
import { drawPicture } from '../../local/drawing/picture.ts';
import { LOCAL_FUNCTION_KEY, type Stack, startStack } from '../../local/stack.ts';
import { fuzz, startFuzzedHost } from '../support/fuzzing.ts';
import { MOST_MS } from '../support/sendRandom.ts';
import { createVerdict } from './figures.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [requests, seed] = [Number(values.requests), Number(values.seed)];
const MOST_GROWTH_MB = 100;

console.log(`fuzz: seed ${seed} (again with: npm run fuzz -- --seed ${seed}), ${requests} requests`);
// without a handler a signal ends the process before it can end its children
process.once('SIGINT', () => process.exit(130));
const stack = await startStack();
try {
  await run(stack);
} finally {
  await stack.close();
}

async function run(stack: Stack): Promise<void> {
  const host = await startFuzzedHost(stack);
  const started = performance.now();
  const { counterexample, sent, statuses, slowestMs, memory, growth, serverFailures } = await fuzz(
    stack,
    host,
    {
      requests,
      seed,
    },
  );
  const seconds = (performance.now() - started) / 1000;
  const last = await predict(host.url).catch(String);
  await host.stop();

  if (counterexample) console.log(`\n${counterexample}`);
  const verdict = createVerdict();
  const counts = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  verdict.check(
    'requests, and answers by status (0: broke off by itself)',
    `${sent}; ${counts.join(', ')}`,
    sent >= requests,
  );
  verdict.check('wrong answers', counterexample ? 'see above' : 'none', counterexample === undefined);
  verdict.check(
    `slowest answer, below ${MOST_MS / 1000} s`,
    `${(slowestMs / 1000).toFixed(2)} s`,
    slowestMs < MOST_MS,
  );
  verdict.check(
    'server errors of the prediction server',
    serverFailures.slice(0, 3).join(' | ') || 'none',
    serverFailures.length === 0,
  );
  verdict.check('an ordinary prediction afterwards', last, last === 200);
  verdict.check(
    `memory of the host from the half on, growing by less than ${MOST_GROWTH_MB} MB`,
    memory.map((each) => each.toFixed(0)).join(' '),
    memory.length === 10 && growth < MOST_GROWTH_MB,
  );
  verdict.check('time', `${seconds.toFixed(0)} s`, seconds < 300);
  verdict.finish();
}

async function predict(url: string): Promise<number> {
  const { jpeg } = await drawPicture(97_000_002, { size: 96 });
  const answer = await fetch(`${url}/api/predict/fruit`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg', 'x-functions-key': LOCAL_FUNCTION_KEY },
    body: new Uint8Array(jpeg),
  });
  await answer.arrayBuffer();
  return answer.status;
}
