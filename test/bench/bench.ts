/**
 * `npm run bench`: what is promised of speed, memory and growth, each figure against something measured beside it in the
 * same run. `npm run bench -- client tokens` measures only those. Ends with 1 where a promise is not kept.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Row } from './row.ts';

/** Each is a file beside this one, and runs in a process of its own. */
const MEASURES = [
  ...['client', 'app', 'tokens', 'start', 'memory', 'hosts', 'accounts', 'listing'],
  ...['pictures', 'decoding', 'exports', 'telemetry'],
];

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
    env: { ...process.env, KEYLESS_MEASURE: 'yes' },
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
if (chosen.length === 0) keep(rows);
process.exitCode = unmet.length === 0 ? 0 : 1;

function line({ work, against, result, mark, met }: Row): string {
  const verdict = mark ? `${met ? 'met' : 'NOT MET'} (${mark})` : '';
  return `${work.padEnd(40)} ${against.padEnd(44)} ${result.padEnd(64)} ${verdict}`.trimEnd();
}

/** The figures of a whole run, for docs/performance.md. */
function keep(figures: readonly Row[]): void {
  const directory = new URL('./results/', import.meta.url);
  mkdirSync(directory, { recursive: true });
  writeFileSync(new URL('latest.json', directory), `${JSON.stringify(figures, undefined, 2)}\n`);
}
