/**
 * `npm run package`: the deployed app as a folder (dist/package, which azd takes) and as a zip
 * (dist/keyless-vision.zip, for every other way to deploy). Needs the bundle.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nativeModules } from './nativeModules.ts';
import { type PackageFiles, packageFiles } from './packageFiles.ts';
import { sizeTable } from './sizes.ts';
import { zip } from './zip.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HELP = `npm run package [-- options]

  --out <folder>    where package/ and keyless-vision.zip go (dist)
  --with-runtime    also what models need that are exports (onnxruntime-node); so too where the
                    variable VISION_MODELS names an export
  --without-sharp   leave sharp out: pictures that must be turned, shrunk or converted then fail with ConverterMissing
`;

try {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(ROOT, 'dist') },
      'with-runtime': {
        type: 'boolean',
        default: /"(?:export|fallback)"/u.test(process.env.VISION_MODELS ?? ''),
      },
      'without-sharp': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) process.stdout.write(HELP);
  else await pack(values.out, { sharp: !values['without-sharp'], runtime: values['with-runtime'] });
} catch (error) {
  const wrongUse = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') ?? false;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${wrongUse ? HELP : ''}`);
  process.exitCode = wrongUse ? 2 : 1;
}

async function pack(out: string, wanted: { sharp: boolean; runtime: boolean }): Promise<void> {
  const native = wanted.sharp || wanted.runtime ? await nativeModules(ROOT, wanted) : undefined;
  try {
    const files = await packageFiles(ROOT, native);
    const archive = await zip(files);
    await writeFolder(join(out, 'package'), files);
    await writeFile(join(out, 'keyless-vision.zip'), archive);
    process.stdout.write(`${sizeTable(files, archive.length)}\n`);
    const parts = native ? `${Object.keys(native.versions).join(', ')}: ${native.origin}` : 'no native code';
    process.stderr.write(`${join(out, 'keyless-vision.zip')}, ${parts}\n`);
  } finally {
    await native?.remove();
  }
}

async function writeFolder(folder: string, files: PackageFiles): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}
