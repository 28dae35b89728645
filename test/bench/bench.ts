/**
 * `npm run bench`: what is promised of speed, memory and growth, each figure against something measured beside it in the
 * same run. `npm run bench -- client tokens` measures only those. Ends with 1 where a promise is not kept.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { named, type Row } from './row.ts';
import { KEEPING_MEMORY } from './stub.ts';

/** Each is a file beside this one, and runs in a process of its own. */
const MEASURES = [
  ...['client', 'app', 'tokens', 'start', 'memory', 'hosts', 'accounts', 'listing'],
  ...['pictures', 'decoding', 'exports', 'telemetry'],
];

/** The figures of the last whole run; docs/performance.md is made from them. */
const LATEST = new URL('./results/latest.json', import.meta.url);
/** Two runs agree as far. */
const DRIFT = 0.15;
/** Where both sides do little else than take memory and give it back. */
const KEPT = new Set(['client', 'pictures', 'decoding']);

const chosen = process.argv.slice(2);
if (process.env.KEYLESS_MEASURE) {
  const { measure } = (await import(`./${chosen[0]}.ts`)) as { measure(): Promise<Row[]> };
  process.stdout.write(JSON.stringify(await measure()));
  process.exit();
}

const unknown = chosen.filter((name) => !MEASURES.includes(name));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}; there are ${MEASURES.join(', ')}.`);
  process.exit(2);
}
const started = performance.now();
console.log(
  `Node ${process.version}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} at the start\n`,
);
const rows: Row[] = [];
for (const name of chosen.length > 0 ? chosen : MEASURES) {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), name], {
    env: { ...process.env, KEYLESS_MEASURE: 'yes', ...(KEPT.has(name) && KEEPING_MEMORY) },
    maxBuffer: 10_000_000,
  });
  for (const row of JSON.parse(stdout.slice(stdout.indexOf('[{'))) as Row[]) {
    rows.push(row);
    console.log(line(row));
  }
}
const unmet = rows.filter(({ met }) => met === false);
const marked = rows.filter(({ mark }) => mark);
console.log(
  `\n${marked.length - unmet.length} of ${marked.length} promises kept, in ${((performance.now() - started) / 60_000).toFixed(1)} minutes.`,
);
if (chosen.length === 0) {
  compare(rows);
  writeFileSync(LATEST, `${JSON.stringify(rows, undefined, 2)}\n`);
}
process.exitCode = unmet.length === 0 ? 0 : 1;

function line({ work, against, result, mark, met }: Row): string {
  const verdict = mark ? `${met ? 'met' : 'NOT MET'} (${mark})` : '';
  return `${work.padEnd(40)} ${against.padEnd(44)} ${result.padEnd(64)} ${verdict}`.trimEnd();
}

/** With the whole run before, by the ratios: what moves more is moved by the machine, or by a change. */
function compare(now: readonly Row[]): void {
  const before = JSON.parse(readFileSync(LATEST, 'utf8')) as Row[];
  const moved: string[] = [];
  let both = 0;
  for (const row of now) {
    const old = before.find((each) => named(each) === named(row));
    if (!row.ratio || !old?.ratio) continue;
    both += 1;
    const by = row.ratio / old.ratio;
    if (Math.max(by, 1 / by) > 1 + DRIFT) moved.push(`  ${named(row)}: ${old.result}, now ${row.result}`);
  }
  console.log(`${both - moved.length} of ${both} ratios within ${DRIFT * 100} % of the whole run before.`);
  if (moved.length > 0) console.log(moved.join('\n'));
}
