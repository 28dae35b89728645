import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureDecoding } from './decoding.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '15' } } });
const runs = Number(values.runs);
const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));

/** `below` is what is promised; without it the ratio is for the record. */
type Measure = { what: string; args: string[]; against: string[]; below?: number };
const BARE = ['-e', '0'];

/** Starts of processes against the start of bare node; a machine's own speed and noise are in both. */
const MEASURES: Measure[] = [
  { what: 'keyless --help', args: [path('src/cli/keyless.js'), '--help'], against: BARE, below: 3 },
  {
    what: 'keyless backfill --help',
    args: [path('src/cli/keyless.js'), 'backfill', '--help'],
    against: BARE,
  },
  {
    what: 'the bundle, loaded',
    args: ['-e', `require(${JSON.stringify(path('dist/main.cjs'))}); process.exit()`],
    against: BARE,
  },
  {
    what: 'the converter, loaded',
    args: ['-e', `import(${JSON.stringify(path('node_modules/sharp/dist/index.mjs'))})`],
    against: BARE,
  },
];

/** Milliseconds a process takes from start to end. */
function once(args: string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - started;
}

const median = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

let over = 0;
console.log(`Node ${process.version}, medians of ${runs} runs, taken in turns\n`);
for (const { what, args, against, below } of MEASURES) {
  once(args); // what a cache keeps from the first run counts as kept
  const [took, bare]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    took.push(once(args));
    bare.push(once(against));
  }
  const ratio = median(took) / median(bare);
  const kept = below === undefined || ratio < below;
  if (!kept) over += 1;
  const promise = below === undefined ? '' : `; below ${below} ×: ${kept ? 'yes' : 'NO'}`;
  console.log(
    `${what.padEnd(26)} ${ratio.toFixed(1)} × bare node  (${median(took).toFixed(0)} ms to ${median(bare).toFixed(0)} ms${promise})`,
  );
}
console.log('\nPictures that go as they came');
await measureDecoding(runs, median);
process.exitCode = over === 0 ? 0 : 1;
