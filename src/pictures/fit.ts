import { type ErrorCode, KeylessError } from '../errors/errors.ts';
import type { BoundingBox } from '../prediction.ts';
import { WHOLE } from './boxes.ts';
import { type AdmitDecoding, atOnce } from './converter.ts';
import { decodedBytes, provenBytes } from './decodedBytes.ts';
import { digest } from './digest.ts';
import { MAX_BYTES, pixelsOf, type Size, scaleWithin, sidesFit, sizeText } from './limits.ts';
import { type Look, lookAt, type PlainLook } from './look/look.ts';
import { UPRIGHT } from './look/outline.ts';
import { type Region, type Shrunk, shrink } from './shrink.ts';
import { decodingOf, openSource, type Source } from './source.ts';
import { OVERLAP, tilesOf } from './tiles.ts';

export type FitOptions = {
  task: 'classify' | 'detect';
  /** Only for detect: where the whole picture loses pixels, its parts are sent at full resolution too, each as one more call. */
  tiles: boolean;
};

/** A picture to send. */
export type Part = {
  bytes: Buffer;
  /** What it shows, in fractions of the upright picture; padding reaches beyond 0 and 1. */
  box: BoundingBox;
};

export type FittedPicture = {
  /** What came; sides upright. */
  picture: { sha256: string; contentType: string; bytes: number; width: number; height: number };
  /** What goes: bytes of all parts, sides of the first, which is the whole picture. No steps: it goes as it came. */
  sent: {
    steps: string[];
    contentType: string;
    bytes: number;
    width: number;
    height: number;
    tiles?: number;
  };
  /** First the whole picture, which alone shows what is larger than a tile; then its tiles. */
  parts: Part[];
};

/** Fewer pixels lost than this are not worth more calls: pixels before to pixels after. */
const WORTH_TILES = 1.1;

/**
 * Makes a picture into what Custom Vision takes: JPEG, PNG, GIF or BMP, upright, at most 4 MB, 10,000 pixels a side and
 * 25:1. What is so already goes out byte for byte. Throws a KeylessError where the bytes are no picture, damaged, or too
 * large to be made smaller here.
 */
export async function fitPicture(
  bytes: Buffer,
  how: FitOptions,
  admit: AdmitDecoding = atOnce,
): Promise<FittedPicture> {
  const look = await lookAt(bytes);
  const { contentType } = look;
  const picture = {
    sha256: (await digest('sha256', bytes)).toString('hex'),
    contentType,
    bytes: bytes.length,
  };
  if (fitsAsItIs(look, bytes.length) && (await isSound(bytes, look, admit))) {
    return {
      picture: { ...picture, ...look.size },
      sent: { steps: [], contentType, bytes: bytes.length, ...look.size },
      parts: [{ bytes, box: WHOLE }],
    };
  }
  const decode = <T>(work: () => Promise<T>) => decodingOf(bytes, look, work);
  const source = await decode(() => openSource(bytes, look));
  const tiled = how.task === 'detect' && how.tiles;
  await admit(decodedBytes(source.stored, scaleWithin(source.size), tiled));
  const whole = await decode(() => shrink(source.open, source.size));
  const lost = pixelsOf(source.size) / pixelsOf(whole.content);
  const worthTiles = tiled && lost >= WORTH_TILES;
  const tiles = worthTiles ? await decode(() => makeTiles(source, lost)) : [];
  return {
    picture: { ...picture, ...source.size },
    sent: {
      steps: [...source.steps, ...shrinkSteps(source.size, whole, tiles.length)],
      contentType: 'image/jpeg',
      bytes: [whole, ...tiles].reduce((sum, { bytes: { length } }) => sum + length, 0),
      width: whole.width,
      height: whole.height,
      ...(tiles.length > 0 && { tiles: tiles.length }),
    },
    parts: [
      { bytes: whole.bytes, box: boxOf(whole, source.size) },
      ...tiles.map(({ region, ...tile }) => ({ bytes: tile.bytes, box: boxOf(tile, source.size, region) })),
    ],
  };
}

const fitsAsItIs = (look: Look, length: number): look is PlainLook =>
  look.kind === 'plain' &&
  look.ended &&
  look.orientation === UPRIGHT &&
  length <= MAX_BYTES &&
  sidesFit(look.size);

/** With these nobody has said that it is damaged: it goes by its structure alone, as the service takes it or not. */
const NO_VERDICT: readonly ErrorCode[] = ['ConverterMissing', 'ImageTooManyPixels'];

/**
 * Decodes what would go as it came, for a look at its structure finds no damage inside: what cannot be decoded is refused
 * here and not paid for. False where the converter finds it turned after all.
 */
async function isSound(bytes: Buffer, look: PlainLook, admit: AdmitDecoding): Promise<boolean> {
  if (look.format === 'bmp') return true; // the look went over all of it
  const decode = <T>(work: () => Promise<T>) => decodingOf(bytes, look, work);
  try {
    const source = await decode(() => openSource(bytes, look));
    if (!source.upright) return false;
    await admit(provenBytes(source.stored));
    await decode(source.prove);
  } catch (error) {
    if (!(error instanceof KeylessError && NO_VERDICT.includes(error.code))) throw error;
  }
  return true;
}

type Tile = Shrunk & { region: Region };

/** Tiles enough to keep about all the pixels that the whole picture lost. */
async function makeTiles({ decode, size }: Source, lost: number): Promise<Tile[]> {
  const openDecoded = await decode();
  const tiles: Tile[] = [];
  for (const region of tilesOf(size, Math.ceil(lost * (1 + OVERLAP)))) {
    tiles.push({ ...(await shrink(openDecoded, size, region)), region });
  }
  return tiles;
}

/** In fractions of the picture. Without padding they are exact: the whole picture is 0, 0, 1, 1. */
function boxOf(
  { width, height, content }: Shrunk,
  picture: Size,
  region: Region = { left: 0, top: 0, ...picture },
): BoundingBox {
  const across = region.width / picture.width;
  const down = region.height / picture.height;
  return {
    left: region.left / picture.width - across * (content.left / content.width),
    top: region.top / picture.height - down * (content.top / content.height),
    width: across * (width / content.width),
    height: down * (height / content.height),
  };
}

function shrinkSteps(size: Size, sent: Shrunk, tiles: number): string[] {
  return [
    pixelsOf(sent.content) < pixelsOf(size) &&
      `shrunk from ${sizeText(size)} to ${sizeText(sent.content)} pixels`,
    pixelsOf(sent) > pixelsOf(sent.content) && `padded with grey to ${sizeText(sent)} pixels`,
    `saved as JPEG of quality ${sent.quality}`,
    tiles > 0 && `split into ${tiles} overlapping tiles, sent beside the whole picture`,
  ].filter((step) => step !== false);
}
