import type { TokenCredential } from '@azure/identity';

/** A file as it is kept. */
export type Sum = { bytes: number; sha256: string };

/** Where things are taken: a folder or a container. Paths have slashes; a file is there whole, or not at all. */
export type Place = {
  /** As people are told of it. */
  name: string;
  /** Whether nothing is there but what an interruption left. */
  isEmpty(): Promise<boolean>;
  read(path: string): Promise<Buffer | undefined>;
  write(path: string, bytes: Buffer): Promise<Sum>;
  /** All that is there, by path. */
  sums(): Promise<Map<string, Sum>>;
};

/** A folder, or `https://<account>.blob.core.windows.net/<container>`. Throws a UsageError for any other address. */
export async function openPlace(to: string, credential: TokenCredential): Promise<Place> {
  if (/^[a-z]+:\/\//iu.test(to)) return (await import('./container.ts')).openContainer(to, credential);
  return (await import('./folder.ts')).openFolder(to);
}
