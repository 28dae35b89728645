import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { SAMPLE_MODELS } from '../../local/models.ts';

/** The same bytes for the same files, whenever. */
const ALWAYS = new Date(1980, 0, 1);

export function zipOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, bytes] of Object.entries(files))
    zip.addBuffer(Buffer.from(bytes), path, { mtime: ALWAYS, forceDosTimestamp: true });
  zip.end();
  return buffer(zip.outputStream);
}

/** A sample model as the zip that the portal would give; another iteration id makes another upload of it. */
export function sampleZip(name: 'fruit' | 'fruit-boxes', iteration?: string): Promise<Buffer> {
  const read = (file: string) => readFileSync(`${SAMPLE_MODELS[name]}/${file}`);
  const manifest = JSON.parse(read('cvexport.manifest').toString()) as Record<string, unknown>;
  const changed = { ...manifest, ...(iteration && { IterationId: iteration }) };
  return zipOf({
    ...{ 'model.onnx': read('model.onnx'), 'labels.txt': read('labels.txt') },
    'cvexport.manifest': JSON.stringify(changed),
  });
}
