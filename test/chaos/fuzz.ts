import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { drawPicture } from '../../local/drawing/picture.ts';
import { LOCAL_FUNCTION_KEY, type Stack, startStack } from '../../local/stack.ts';
import { agreementOver } from '../support/agreement.ts';
import { fuzz, startFuzzedHost } from '../support/fuzzing.ts';
import { mutated, wholePictures } from '../support/mutatedPictures.ts';
import { MOST_MS } from '../support/sendRandom.ts';
import { createVerdict } from './figures.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    pictures: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [requests, pictures, seed] = [values.requests, values.pictures, values.seed].map(Number) as [
  number,
  number,
  number,
];
const MOST_GROWTH_MB = 100;
const LEAST_AGREEMENT = 0.995;
const LONGEST_HOLD_MS = 50;
/** Of the pictures; the others are small, and many. */
const LARGE = 0.02;

console.log(
  `fuzz: seed ${seed} (again with: npm run fuzz -- --seed ${seed}), ${pictures} pictures, ${requests} requests`,
);
const verdict = createVerdict();
await agree();
if (requests === 0) {
  verdict.finish();
  process.exit();
}
// without a handler a signal ends the process before it can end its children
process.once('SIGINT', () => process.exit(130));
const stack = await startStack();
try {
  await run(stack);
} finally {
  await stack.close();
}

/** Whether the app takes of damaged pictures what a decoder can read, and nothing else. */
async function agree(): Promise<void> {
  const large = Math.ceil(pictures * LARGE);
  const given = [
    ...fc.sample(mutated(await wholePictures()), { numRuns: pictures - large, seed }),
    ...fc.sample(mutated(await wholePictures(1_400)), { numRuns: large, seed }),
  ];
  const { looked, agreed, formats, disagreements, longestHold } = await agreementOver(given);
  console.table(formats);
  for (const each of disagreements) console.log(each);
  verdict.check(
    `damaged pictures, at least ${LEAST_AGREEMENT * 100} % as the strict decoder decides`,
    `${looked}; ${((agreed / looked) * 100).toFixed(2)} %`,
    looked === pictures && agreed / looked >= LEAST_AGREEMENT,
  );
  verdict.check(
    `longest hold of the event loop by one, below ${LONGEST_HOLD_MS} ms`,
    `${longestHold.toFixed(0)} ms`,
    longestHold < LONGEST_HOLD_MS,
  );
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
