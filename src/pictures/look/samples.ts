import { KeylessError } from '../../errors/errors.ts';
import type { Directory } from './directory.ts';
import { countOf, type Tag, tag, textOf } from './tiffTags.ts';

/** Samples of a colour filter array, and linear raw. */
const RAW = [32_803, 34_892];
/** What cameras of a make call their raw data in a TIFF. */
const MAKES: readonly (readonly [string, string])[] = [
  ['NIKON', 'NEF'],
  ['SONY', 'ARW'],
  ['PENTAX', 'PEF'],
  ['RICOH', 'PEF'],
  ['SAMSUNG', 'SRW'],
  ['Hasselblad', '3FR'],
];
const LONGEST_MAKE = 20;
const MOST_SAMPLES = 16;
const [WHOLE_NUMBERS, SIGNED, UNTOLD] = [1, 2, 4];
/** Of an extra sample that is no transparency. */
const NO_COLOUR = 0;
const MOST_BITS = 16;

/** Throws ImageTypeUnsupported where one of the directories holds raw data of a camera, which no decoder here develops. */
export function refuseRaw(bytes: Buffer, directories: readonly Directory[]): void {
  const [first] = directories;
  const isCanon = bytes.toString('latin1', 8, 10) === 'CR';
  const isDng = directories.some((each) => tag(each, 'dngVersion') !== undefined);
  const isRaw = directories.some((each) => RAW.includes(tag(each, 'photometric') ?? 0));
  if (!first || !(isCanon || isDng || isRaw)) return;
  const make = textOf(first, 'make', LONGEST_MAKE);
  const own = MAKES.find(([start]) => make.toUpperCase().startsWith(start.toUpperCase()))?.[1];
  const name = isDng ? 'DNG, ' : isCanon ? 'CR2, ' : own ? `${own}, ` : '';
  throw new KeylessError(
    'ImageTypeUnsupported',
    `Expected JPEG, PNG, GIF, BMP, WebP, AVIF or TIFF, got ${name}raw data of a camera in a TIFF.`,
    { fix: 'Develop the picture to JPEG or PNG and send it again.' },
  );
}

/** Throws ImageUndecodable where samples would come out black or scrambled as colours. */
export function checkSamples(own: Directory): void {
  const bits = Math.max(1, ...valuesOf(own, 'bits'));
  const format = valuesOf(own, 'sampleFormat').find((each) => each !== WHOLE_NUMBERS && each !== UNTOLD);
  if (bits > MOST_BITS || format !== undefined) {
    const kind = format === undefined ? 'whole numbers' : format === SIGNED ? 'signed numbers' : 'fractions';
    throw new KeylessError(
      'ImageUndecodable',
      `Expected a TIFF whose samples are whole numbers of at most ${MOST_BITS} bits, got ${kind} of ${bits} bits.`,
      { fix: 'Scale its values to 8 or 16 bits a channel and save it anew.' },
    );
  }
  const extra = valuesOf(own, 'extraSamples');
  if (extra.length > 1 || extra.includes(NO_COLOUR))
    throw new KeylessError(
      'ImageUndecodable',
      `Expected a TIFF of colours and perhaps transparency, got one with ${extra.length} more ${extra.length > 1 ? 'channels' : 'channel'}, which would be taken for transparency.`,
      { fix: 'Save it anew with its colour channels alone.' },
    );
}

/** Those that are inside the file. */
const valuesOf = (own: Directory, name: Tag): number[] =>
  Array.from({ length: Math.min(MOST_SAMPLES, countOf(own, name)) }, (_, index) =>
    tag(own, name, index),
  ).filter((value) => value !== undefined);
