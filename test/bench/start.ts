import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { atMost, median, type Row } from './row.ts';

const RUNS = 21;
const MOST_MB = 3;
const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const BARE = ['-e', '0'];
const loading = (file: string) => ['-e', `require(${JSON.stringify(file)}); process.exit()`];

/** How long processes take that do nothing but load what is deployed, and commands that only tell how they are called. */
export async function measure(): Promise<Row[]> {
  // beside the packages, where Node finds them; each file of ours and of the packages is loaded by itself
  const directory = mkdtempSync(path('node_modules/.cache/bench-'));
  try {
    const unbundled = `${directory}/main.cjs`;
    await build({
      entryPoints: [path('src/main.ts')],
      outfile: unbundled,
      ...{ bundle: true, platform: 'node', target: 'node22', format: 'cjs' },
      ...{ packages: 'external', define: { 'import.meta.url': 'address' }, logLevel: 'error' },
      banner: { js: "const address=require('node:url').pathToFileURL(__filename).href;" },
    });
    const bundle = loading(path('dist/main.cjs'));
    const bare = median(times(BARE));
    const [whole, apart] = beside(bundle, loading(unbundled));
    const [kept] = beside(bundle, BARE, { NODE_COMPILE_CACHE: directory });
    const [again, library] = beside(bundle, loading('@azure/functions'));
    const megabytes = statSync(path('dist/main.cjs')).size / 1e6;
    const row = (against: string, took: number, than: number, most?: number): Row => ({
      ...{ work: 'dist/main.cjs, loaded', against, ratio: took / than },
      result: `${(took / than).toFixed(2)} × (${took.toFixed(0)} to ${than.toFixed(0)} ms)`,
      ...(most && atMost(took / than, most)),
    });
    return [
      row('the same unbundled', whole - bare, apart - bare, 0.5),
      row('the same unbundled, with Node’s compile cache', kept - bare, apart - bare, 0.4),
      row('@azure/functions alone', again - bare, library - bare),
      {
        ...{ work: 'dist/main.cjs', against: '–', result: `${megabytes.toFixed(2)} MB` },
        ...{ ratio: megabytes, ...atMost(megabytes, MOST_MB) },
      },
      command('--help', 3),
      command('backfill --help'),
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function command(words: string, most?: number): Row {
  const [took, bare] = beside([path('src/cli/keyless.js'), ...words.split(' ')], BARE);
  return {
    ...{ work: `keyless ${words}`, against: 'bare node', ratio: took / bare },
    result: `${(took / bare).toFixed(2)} × (${took.toFixed(0)} to ${bare.toFixed(0)} ms)`,
    ...(most && atMost(took / bare, most)),
  };
}

/** Medians of both in milliseconds, taken in turns. */
function beside(args: string[], others: string[], environment = {}): [number, number] {
  const took: [number[], number[]] = [[], []];
  once(args, environment); // what a cache keeps from the first run counts as kept
  for (let run = 0; run < RUNS; run += 1) {
    took[0].push(once(args, environment));
    took[1].push(once(others, environment));
  }
  return [median(took[0]), median(took[1])];
}

const times = (args: string[]): number[] => Array.from({ length: RUNS }, () => once(args));

/** Milliseconds from the start of a process to its end. */
function once(args: string[], environment = {}): number {
  const started = performance.now();
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: path(''),
    env: { ...env, ...environment },
  });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - started;
}
