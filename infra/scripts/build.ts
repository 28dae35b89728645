/** Bundles the app into dist/main.cjs, and beside it what is loaded only where it is needed. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Of ms-rest-js’s own HTTP client and XML, which nothing here calls: `vision/httpClient` is in their place. */
const NEVER_CALLED = Object.fromEntries(
  ['form-data', 'node-fetch', 'xml2js'].map((name) => [name, 'node:util']),
);

/** By a plugin: an alias would be taken for the files of the package, too. */
const lightUndici: Plugin = {
  name: 'light undici',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^undici$/ }, () => ({
      path: fileURLToPath(new URL('undici.cjs', import.meta.url)),
    })),
};

const { metafile } = await build({
  entryPoints: ['src/main.ts', 'src/exports/exportWorker.ts', 'src/telemetry/openTelemetry.ts'],
  outdir: 'dist',
  entryNames: '[name]',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true, // names stay, for stack traces; setting them again while it loads would take a fifth of that
  external: [
    '@azure/functions-core', // the worker has it
    'sharp', // native
    'onnxruntime-node', // native
    'apache-arrow', // storage-blob loads it for a form of listing that nothing here asks for
  ],
  alias: { ...NEVER_CALLED, 'whatwg-url': 'node:url' },
  define: { 'import.meta.url': 'ownAddress' },
  banner: { js: "const ownAddress=require('node:url').pathToFileURL(__filename).href;" },
  plugins: [lightUndici],
  metafile: true,
  logLevel: 'warning',
});
await writeFile('dist/main.meta.json', JSON.stringify(metafile));
