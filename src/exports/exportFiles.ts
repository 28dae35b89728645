import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, posix, sep } from 'node:path';
import { KeylessError } from '../errors/errors.ts';
import { filesInZip, isZip } from './zip.ts';

/** A file of an export, which is read when it is wanted. */
export type ExportFile = { path: string; bytes: number; read(): Promise<Buffer> };

/** Where an export lies: on this machine (a bare .onnx, a folder, a zip), or in memory under its name in storage. */
export type ExportSource = { path: string } | { name: string; bytes: Uint8Array };

/** Far more than any compact model has. */
const MOST_BYTES = 1024 * 1024 * 1024;
/** Of a text beside the model. */
const MOST_TEXT_BYTES = 4 * 1024 * 1024;

/** The files of an export, whatever form it has. Throws ExportInvalid where there is none. */
export async function exportFiles(source: ExportSource): Promise<ExportFile[]> {
  if ('bytes' in source) {
    const bytes = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength);
    return isZip(bytes) ? filesInZip(bytes) : [bare(posix.basename(source.name), bytes)];
  }
  const { path } = source;
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new KeylessError('ExportInvalid', `${path} cannot be read (${cause.code ?? cause.message}).`, {
      cause,
      fix: 'Name an ONNX export: a zip as downloaded, its unpacked folder, or a .onnx file.',
    });
  });
  if (found.isDirectory()) return filesInFolder(path);
  if (found.size > MOST_BYTES) throw tooLarge(path, found.size);
  const bytes = await readFile(path);
  return isZip(bytes) ? filesInZip(bytes) : [bare(basename(path), bytes)];
}

const bare = (path: string, bytes: Buffer): ExportFile => ({
  path,
  bytes: bytes.length,
  read: async () => bytes,
});

async function filesInFolder(folder: string): Promise<ExportFile[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files: ExportFile[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size } = await stat(path);
    const within = path.slice(join(folder, sep).length).replaceAll(sep, '/');
    files.push({ path: within, bytes: size, read: () => readFile(path) });
  }
  return files;
}

/** Of one of the texts beside a model, without the byte order mark that some exports start with. */
export async function readText({ path, bytes, read }: ExportFile): Promise<string> {
  if (bytes > MOST_TEXT_BYTES) throw tooLarge(path, bytes);
  return (await read()).toString('utf8').replace(/^\uFEFF/u, '');
}

/** Throws ExportTooLarge before anything is read. */
export async function readModelFile(file: ExportFile): Promise<Buffer> {
  if (file.bytes > MOST_BYTES) throw tooLarge(file.path, file.bytes);
  return file.read();
}

const tooLarge = (path: string, bytes: number): KeylessError =>
  new KeylessError(
    'ExportTooLarge',
    `${JSON.stringify(path.slice(0, 200))} has ${bytes.toLocaleString('en')} bytes, more than any export of Custom Vision.`,
    { fix: 'Name the export itself: the zip as downloaded, its unpacked folder, or its .onnx file.' },
  );
