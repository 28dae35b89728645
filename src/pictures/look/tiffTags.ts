import type { Directory } from './directory.ts';

/** TIFF 6.0 and its technical notes; what cameras add is of TIFF/EP and DNG. */
const TAGS = {
  newSubfileType: 254,
  subfileType: 255,
  width: 256,
  height: 257,
  bits: 258,
  photometric: 262,
  make: 271,
  stripOffsets: 273,
  samples: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planar: 284,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  subdirectories: 330,
  extraSamples: 338,
  sampleFormat: 339,
  dngVersion: 50_706,
} as const;

export type Tag = keyof typeof TAGS;

export const tag = (directory: Directory, name: Tag, index = 0): number | undefined =>
  directory.entries.get(TAGS[name])?.at(index);

export const countOf = (directory: Directory, name: Tag): number =>
  directory.entries.get(TAGS[name])?.count ?? 0;

/** The first of the text, up to `most` characters. */
export function textOf(directory: Directory, name: Tag, most: number): string {
  const length = Math.min(most, countOf(directory, name));
  const codes = Array.from({ length }, (_, index) => tag(directory, name, index) ?? 0);
  return String.fromCharCode(...codes);
}

const REDUCED = 1;
const MASK = 4;
const OLD_REDUCED = 2;

/** Whether it holds a smaller version of another picture, or only says which of its pixels are seen. */
export const isBeside = (directory: Directory): boolean =>
  ((tag(directory, 'newSubfileType') ?? 0) & (REDUCED | MASK)) > 0 ||
  tag(directory, 'subfileType') === OLD_REDUCED;
