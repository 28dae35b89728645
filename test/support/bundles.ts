import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The commands, the script after a deployment and the local functions host in few files, which start in half the time
 * that their sources take: tests start them some hundred times. Gives the folder.
 */
export async function bundleForTests(): Promise<string> {
  const folder = join(ROOT, 'dist/forTests');
  await rm(folder, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    // a model’s thread is a file of its own, beside the others
    entryPoints: {
      keyless: 'src/cli/keyless.js',
      postDeploy: 'infra/scripts/postDeploy.ts',
      exportWorker: 'src/exports/exportWorker.ts',
      host: 'local/host/main.ts',
    },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    external: ['sharp', 'onnxruntime-node', 'onnxruntime-web'],
    // as in the build that is deployed: what node-fetch falls back on where Node has no URL
    alias: { 'whatwg-url': 'node:url' },
    // some libraries are CommonJS and require what Node brings
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    outdir: folder,
    logLevel: 'warning',
  });
  // what stands for a package is found beside the host
  await copyFile(join(ROOT, 'local/host/functionsCore.cjs'), join(folder, 'functionsCore.cjs'));
  return folder;
}
