import { KeylessError } from '../../errors/errors.ts';
import { pixelsOf, type Size } from '../limits.ts';
import { type Directory, orientationIn, placesFrom, readDirectory } from './directory.ts';
import { checkCount, type Outline, UPRIGHT } from './outline.ts';
import { checkSamples, refuseRaw } from './samples.ts';
import { countOf, isBeside, tag } from './tiffTags.ts';

/** Decoders count the pages before they take one, which takes time. */
const MOST_PAGES = 5_000;
/** Subdirectories, or pages, in which the picture in full size is looked for. */
const LOOKED_INTO = 16;
/** Strips or tiles, of which a file may have millions. */
const LOOKED_AT = 1_000;

/** Where the picture is: one of the pages, or of the first page’s subdirectories. */
type Place = { own: Directory; page?: number; subdirectory?: number };

/** The picture of the first page, in full size. Throws where its samples are no colours. */
export function outlineTiff(bytes: Buffer): Outline {
  const first = readDirectory(bytes);
  if (!first?.whole) return { orientation: UPRIGHT, end: 'early' };
  const others = placesFrom(bytes, first.next, MOST_PAGES);
  checkCount(1 + others.size, MOST_PAGES, 'pages');
  const subdirectories = Array.from({ length: LOOKED_INTO }, (_, index) => {
    const place = tag(first, 'subdirectories', index);
    return place === undefined ? undefined : readDirectory(bytes, place);
  });
  refuseRaw(
    bytes,
    [first, ...subdirectories].filter((each) => each !== undefined),
  );
  const { own, ...place } = fullSize(bytes, first, subdirectories, others);
  checkSamples(own);
  const size = sizeOf(own);
  return {
    size,
    orientation: orientationIn(own),
    end: hasItsData(own, bytes.length) ? 'seen' : 'open',
    decoded: { blockBytes: blockBytes(own, size), ...place },
  };
}

const sizeOf = (directory: Directory): Size => ({
  width: tag(directory, 'width') ?? 0,
  height: tag(directory, 'height') ?? 0,
});

/** The first directory; where it holds a smaller version, what this is of: a subdirectory of it, or a page behind. */
function fullSize(
  bytes: Buffer,
  first: Directory,
  subdirectories: readonly (Directory | undefined)[],
  others: ReadonlySet<number>,
): Place {
  const small = isBeside(first);
  const least = small ? 0 : pixelsOf(sizeOf(first)) + 1;
  for (const [subdirectory, own] of subdirectories.entries())
    if (own?.whole && !isBeside(own) && pixelsOf(sizeOf(own)) >= least) return { own, subdirectory };
  if (!small) return { own: first };
  for (const [index, place] of [...others].slice(0, LOOKED_INTO).entries()) {
    const own = readDirectory(bytes, place);
    if (own?.whole && !isBeside(own)) return { own, page: index + 1 };
  }
  throw new KeylessError(
    'ImageUndecodable',
    'The TIFF begins with a reduced version of its picture, and the full one is neither among its subdirectories nor its pages.',
    { fix: 'Save the picture anew as JPEG, PNG or a TIFF of one page.' },
  );
}

/** What its entries tell is inside the file, and so are the last of its strips or tiles, which most writers put in order. */
function hasItsData(own: Directory, length: number): boolean {
  const tiled = tag(own, 'tileOffsets') !== undefined;
  const [offsets, counts] = tiled
    ? (['tileOffsets', 'tileByteCounts'] as const)
    : (['stripOffsets', 'stripByteCounts'] as const);
  const many = countOf(own, offsets);
  for (let index = Math.max(0, many - LOOKED_AT); index < many; index += 1) {
    const [at, bytes] = [tag(own, offsets, index), tag(own, counts, index)];
    if (at === undefined || bytes === undefined || at + bytes > length) return false;
  }
  const entries = [...own.entries.values()];
  return many > 0 && entries.every(({ count, at }) => count === 0 || at(count - 1) !== undefined);
}

/** Strips are read row by row, unless each holds a colour of its own. */
function blockBytes(own: Directory, { width, height }: Size): number {
  const bytesAPixel = ((tag(own, 'samples') ?? 1) * Math.max(8, tag(own, 'bits') ?? 1)) / 8;
  const [across, down] = [tag(own, 'tileWidth'), tag(own, 'tileHeight')];
  if (across !== undefined && down !== undefined)
    return Math.ceil(width / Math.max(1, across)) * across * down * bytesAPixel;
  const planes = tag(own, 'planar') === 2;
  return planes ? width * Math.min(height, tag(own, 'rowsPerStrip') ?? height) * bytesAPixel : 0;
}
