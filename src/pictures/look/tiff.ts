import { KeylessError } from '../../errors/errors.ts';
import type { Size } from '../limits.ts';
import { countDirectories, type Directory, orientationIn, readDirectory } from './directory.ts';
import { checkCount, type Outline, UPRIGHT } from './outline.ts';

/** TIFF 6.0 and its technical notes; what cameras add is of TIFF/EP and DNG. */
const TAGS = {
  subfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  photometric: 262,
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
  sampleFormat: 339,
  dngVersion: 50_706,
} as const;
/** Decoders count the pages before they take the first, which takes time. */
const MOST_PAGES = 5_000;
const MOST_SUBDIRECTORIES = 16;
/** Strips or tiles, of which a file may have millions. */
const LOOKED_AT = 1_000;
/** Samples of a colour filter array, and linear raw. */
const RAW = [32_803, 34_892];
const WHOLE_NUMBERS = 1;

/** The first directory’s picture, or the one in full size that belongs to it. Throws where its samples are no colours. */
export function outlineTiff(bytes: Buffer): Outline {
  const first = readDirectory(bytes);
  if (!first?.whole) return { orientation: UPRIGHT, end: 'early' };
  const subdirectory = isReduced(first) ? fullSizeIn(bytes, first) : undefined;
  const place = subdirectory === undefined ? undefined : tag(first, 'subdirectories', subdirectory);
  const own = place === undefined ? first : (readDirectory(bytes, place) ?? first);
  checkSamples(own, first, bytes);
  checkCount(1 + countDirectories(bytes, first.next, MOST_PAGES), MOST_PAGES, 'pages');
  const size = { width: tag(own, 'width') ?? 0, height: tag(own, 'height') ?? 0 };
  return {
    size,
    orientation: orientationIn(own),
    end: hasItsData(own, bytes.length) ? 'seen' : 'open',
    decoded: { blockBytes: blockBytes(own, size), ...(subdirectory !== undefined && { subdirectory }) },
  };
}

/** What its entries tell is inside the file, and so are the last of its strips or tiles, which most writers put in order. */
function hasItsData(own: Directory, length: number): boolean {
  const tiled = tag(own, 'tileOffsets') !== undefined;
  const [offsets, counts] = tiled
    ? (['tileOffsets', 'tileByteCounts'] as const)
    : (['stripOffsets', 'stripByteCounts'] as const);
  const many = own.entries.get(TAGS[offsets])?.count ?? 0;
  for (let index = Math.max(0, many - LOOKED_AT); index < many; index += 1) {
    const [at, bytes] = [tag(own, offsets, index), tag(own, counts, index)];
    if (at === undefined || bytes === undefined || at + bytes > length) return false;
  }
  const entries = [...own.entries.values()];
  return many > 0 && entries.every(({ count, at }) => count === 0 || at(count - 1) !== undefined);
}

const tag = (directory: Directory, name: keyof typeof TAGS, index = 0): number | undefined =>
  directory.entries.get(TAGS[name])?.at(index);

const isReduced = (directory: Directory): boolean => ((tag(directory, 'subfileType') ?? 0) & 1) === 1;

function fullSizeIn(bytes: Buffer, first: Directory): number | undefined {
  for (let index = 0; index < MOST_SUBDIRECTORIES; index += 1) {
    const place = tag(first, 'subdirectories', index);
    if (place === undefined) break;
    const found = readDirectory(bytes, place);
    if (found?.whole && !isReduced(found)) return index;
  }
  throw new KeylessError(
    'ImageUndecodable',
    'The TIFF begins with a reduced version of its picture, and the full one is not among its subdirectories.',
    { fix: 'Save the picture anew as JPEG, PNG or a TIFF of one page.' },
  );
}

/** Colours of other samples would come out black or scrambled. */
function checkSamples(own: Directory, first: Directory, bytes: Buffer): void {
  const isRaw =
    RAW.includes(tag(own, 'photometric') ?? 0) ||
    tag(first, 'dngVersion') !== undefined ||
    bytes.toString('latin1', 8, 10) === 'CR';
  if (isRaw)
    throw new KeylessError(
      'ImageTypeUnsupported',
      'Expected JPEG, PNG, GIF, BMP, WebP, AVIF or TIFF, got raw data of a camera in a TIFF.',
      { fix: 'Develop the picture to JPEG or PNG and send it again.' },
    );
  const [bits, format] = [tag(own, 'bits') ?? 1, tag(own, 'sampleFormat') ?? WHOLE_NUMBERS];
  if (bits <= 16 && format === WHOLE_NUMBERS) return;
  const kind = format === WHOLE_NUMBERS ? 'whole numbers' : format === 2 ? 'signed numbers' : 'fractions';
  throw new KeylessError(
    'ImageUndecodable',
    `Expected a TIFF whose samples are whole numbers of at most 16 bits, got ${kind} of ${bits} bits.`,
    { fix: 'Scale its values to 8 or 16 bits a channel and save it anew.' },
  );
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
