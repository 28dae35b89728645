import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The commands and the script after a deployment in few files, which start in half the time that their sources take:
 * tests start them some hundred times. Gives the folder.
 */
export async function bundleCommands(): Promise<string> {
  const folder = join(ROOT, 'dist/commands');
  await rm(folder, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    // a model’s thread is a file of its own, beside the others
    entryPoints: ['src/cli/keyless.js', 'infra/scripts/postDeploy.ts', 'src/exports/exportWorker.ts'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    keepNames: true,
    external: ['sharp', 'onnxruntime-node', 'onnxruntime-web'],
    // as in the build that is deployed: what node-fetch falls back on where Node has no URL
    alias: { 'whatwg-url': 'node:url' },
    // some libraries are CommonJS and require what Node brings
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outdir: folder,
    entryNames: '[name]',
    logLevel: 'warning',
  });
  return folder;
}
