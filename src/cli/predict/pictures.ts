import { glob, readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Image } from '../../prediction.ts';
import { UsageError } from '../faults.ts';

/** A picture that was named on the command line; it is read when its turn comes. */
export type NamedPicture = {
  name: string;
  /** The same for the same picture, however it was named. */
  key: string;
  read(): Promise<Image>;
};

/** Of a folder, only these; a picture of another type is told so when it is named by itself. */
const PICTURE = /\.(jpe?g|png|gif|bmp|webp|avif|tiff?|heic|heif)$/iu;
const PATTERN = /[*?[{]/u;

/**
 * The pictures that arguments name: files, folders with what is below them, glob patterns, http(s) urls, `-` for standard
 * input. Each once, a folder's and a pattern's by name. Throws a UsageError where an argument names nothing.
 */
export async function namedPictures(args: readonly string[]): Promise<NamedPicture[]> {
  const pictures = new Map<string, NamedPicture>();
  for (const arg of args) {
    for (const picture of await picturesOf(arg))
      if (!pictures.has(picture.key)) pictures.set(picture.key, picture);
  }
  return [...pictures.values()];
}

async function picturesOf(arg: string): Promise<NamedPicture[]> {
  if (arg === '-') return [standardInput()];
  if (/^https?:\/\//iu.test(arg)) return [picturesUrl(arg)];
  const found = await stat(arg).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new UsageError(`${arg} cannot be read (${error.code ?? error.message}).`);
  });
  if (found?.isDirectory()) return folder(arg);
  if (found) return [file(arg)];
  const matches = PATTERN.test(arg) ? await filesLike(arg) : [];
  if (matches.length > 0) return matches.map(file);
  throw new UsageError(
    `There is no file ${JSON.stringify(arg)}${PATTERN.test(arg) ? ', and none that matches it' : ''}.`,
    'Name pictures, folders of pictures, patterns such as "orchard/**/*.jpg", http(s) urls, or - for standard input.',
  );
}

async function filesLike(pattern: string): Promise<string[]> {
  const asTyped = (path: string) => (isAbsolute(pattern) ? path : relative('', path));
  const found: string[] = [];
  for await (const entry of glob(pattern, { withFileTypes: true })) {
    if (entry.isFile()) found.push(asTyped(join(entry.parentPath, entry.name)));
  }
  return found.toSorted();
}

async function folder(path: string): Promise<NamedPicture[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory() && PICTURE.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted();
  if (paths.length > 0) return paths.map(file);
  throw new UsageError(`There is no picture in the folder ${JSON.stringify(path)}, nor below it.`);
}

const file = (path: string): NamedPicture => ({
  name: path,
  key: resolve(path),
  read: async () => ({ bytes: await readFile(path) }),
});

const standardInput = (): NamedPicture => ({
  name: '-',
  key: '-',
  read: async () => ({ bytes: await buffer(process.stdin) }),
});

/** Named without its query, which may hold a signature. */
function picturesUrl(text: string): NamedPicture {
  if (!URL.canParse(text)) throw new UsageError('Expected a url such as https://example.com/apple.jpg.');
  const url = new URL(text);
  if (url.username || url.password)
    throw new UsageError(`Expected a url without a user name or password: ${url.origin}${url.pathname}`);
  return { name: `${url.origin}${url.pathname}`, key: url.href, read: async () => ({ url: url.href }) };
}
