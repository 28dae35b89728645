import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beside, inTurns, sideBySide } from './inTurns.ts';
import { atMost, type Row } from './row.ts';

const RUNS = 21;
const MOST_MB = 3;
const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const BARE = ['-e', '0'];
const KEYLESS = path('src/cli/keyless.js');
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
    const rounds = await inTurns(RUNS, {
      bare: () => once(BARE),
      bundle: () => once(bundle),
      cached: () => once(bundle, { NODE_COMPILE_CACHE: directory }),
      apart: () => once(loading(unbundled)),
      library: () => once(loading('@azure/functions')),
      help: () => once([KEYLESS, '--help']),
      backfill: () => once([KEYLESS, 'backfill', '--help']),
    });
    type Kind = keyof (typeof rounds)[0];
    const row = (work: string, against: string, both: ReturnType<typeof beside>, most?: number): Row => ({
      ...{ work, against, ratio: both.ratio, ...(most && atMost(both.ratio, most)) },
      result: sideBySide(both, '', 0, ' ms'),
    });
    /** Beyond what Node itself takes. */
    const loaded = (kind: Kind, than: Kind, against: string, most?: number): Row => {
      const beyond = (each: Kind) => (round: Record<Kind, number>) => round[each] - round.bare;
      return row('dist/main.cjs, loaded', against, beside(rounds, beyond(kind), beyond(than)), most);
    };
    const command = (kind: Kind, words: string, most?: number): Row => {
      const both = beside(
        rounds,
        (round) => round[kind],
        (round) => round.bare,
      );
      return row(`keyless ${words}`, 'bare node', both, most);
    };
    const megabytes = statSync(path('dist/main.cjs')).size / 1e6;
    return [
      loaded('bundle', 'apart', 'the same unbundled', 0.5),
      loaded('cached', 'apart', 'the same unbundled, with Node’s compile cache', 0.4),
      loaded('bundle', 'library', '@azure/functions alone'),
      {
        ...{ work: 'dist/main.cjs', against: '–', result: `${megabytes.toFixed(2)} MB` },
        ...atMost(megabytes, MOST_MB),
      },
      command('help', '--help', 3),
      command('backfill', 'backfill --help'),
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

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
