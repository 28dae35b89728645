import { readFile, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { exportFiles } from '../../exports/exportFiles.ts';
import { layoutOf } from '../../exports/layout.ts';
import { isZip } from '../../exports/zip.ts';

/** The first moment that a zip can tell: the same folder makes the same bytes, so uploading it again changes nothing. */
const ALWAYS = new Date(1980, 0, 1);

/** An export as one file: as it is, or the parts of a folder that are read, zipped. */
export async function packed(path: string): Promise<{ extension: '.onnx' | '.zip'; bytes: Buffer }> {
  if (!(await stat(path)).isDirectory()) {
    const bytes = await readFile(path);
    return { extension: isZip(bytes) ? '.zip' : '.onnx', bytes };
  }
  const files = await exportFiles({ path });
  const { model, labels, properties, manifestFile } = await layoutOf(files);
  const zip = new ZipFile();
  for (const file of [manifestFile, model, labels, properties]) {
    if (!file) continue;
    zip.addBuffer(await file.read(), posix.basename(file.path), { mtime: ALWAYS, forceDosTimestamp: true });
  }
  zip.end();
  return { extension: '.zip', bytes: await buffer(zip.outputStream) };
}
