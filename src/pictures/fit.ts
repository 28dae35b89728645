import { createHash } from 'node:crypto';
import type { BoundingBox } from '../vision/answer.ts';
import type { Pixels } from './bitmap.ts';
import { WHOLE } from './boxes.ts';
import { inTurn } from './converter.ts';
import { readHeader } from './header.ts';
import { MAX_BYTES, pixelsOf, type Size, sidesFit, sizeText } from './limits.ts';
import { type Region, type Shrunk, shrink } from './shrink.ts';
import { openSource } from './source.ts';
import { cutTiles, OVERLAP } from './tiles.ts';

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
  /** First the whole picture, then its tiles. */
  parts: Part[];
};

/** Fewer pixels lost than this are not worth more calls: pixels before to pixels after. */
const WORTH_TILES = 1.1;

/**
 * Makes a picture into what Custom Vision takes: JPEG, PNG, GIF or BMP, upright, at most 4 MB, 10,000 pixels a side and
 * 25:1. What is so already goes out byte for byte. Throws a KeylessError where the bytes are no picture, damaged, or too
 * large to be made smaller here.
 */
export async function fitPicture(bytes: Buffer, how: FitOptions): Promise<FittedPicture> {
  const header = readHeader(bytes);
  const { contentType } = header;
  const picture = {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    contentType,
    bytes: bytes.length,
  };
  if (
    header.kind === 'plain' &&
    header.orientation === 1 &&
    bytes.length <= MAX_BYTES &&
    sidesFit(header.size)
  ) {
    return {
      picture: { ...picture, ...header.size },
      sent: { steps: [], contentType, bytes: bytes.length, ...header.size },
      parts: [{ bytes, box: WHOLE }],
    };
  }
  const source = await openSource(bytes, header);
  const wantsTiles = how.task === 'detect' && how.tiles;
  const { whole, tiles } = await inTurn(pixelsOf(source.size), header.name, async () => {
    const pixels = await source.decode(wantsTiles);
    return shrinkAll(pixels, source.size, wantsTiles);
  });
  return {
    picture: { ...picture, ...source.size },
    sent: {
      steps: [...source.steps, ...shrinkSteps(source.size, whole, tiles.length)],
      contentType: 'image/jpeg',
      bytes: [whole, ...tiles].reduce((sum, { sent }) => sum + sent.bytes.length, 0),
      width: whole.sent.width,
      height: whole.sent.height,
      ...(tiles.length > 0 && { tiles: tiles.length }),
    },
    parts: [whole, ...tiles].map(({ sent, box }) => ({ bytes: sent.bytes, box })),
  };
}

type Cut = { sent: Shrunk; box: BoundingBox };

/** The whole picture, which alone shows what is larger than a tile, and tiles where it lost pixels. */
async function shrinkAll(
  pixels: Pixels,
  size: Size,
  wantsTiles: boolean,
): Promise<{ whole: Cut; tiles: Cut[] }> {
  const cut = async (region: Region): Promise<Cut> => {
    const sent = await shrink(pixels, region);
    return { sent, box: boxOf(sent, region, pixels) };
  };
  const whole = await cut({ left: 0, top: 0, width: pixels.width, height: pixels.height });
  const tiles: Cut[] = [];
  const lost = pixelsOf(size) / pixelsOf(whole.sent.content);
  if (wantsTiles && lost >= WORTH_TILES) {
    for (const region of cutTiles(size, Math.ceil(lost * (1 + OVERLAP)))) tiles.push(await cut(region));
  }
  return { whole, tiles };
}

function boxOf({ width, height, content }: Shrunk, region: Region, picture: Size): BoundingBox {
  const across = region.width / content.width / picture.width;
  const down = region.height / content.height / picture.height;
  return {
    left: region.left / picture.width - content.left * across,
    top: region.top / picture.height - content.top * down,
    width: width * across,
    height: height * down,
  };
}

function shrinkSteps(size: Size, { sent }: Cut, tiles: number): string[] {
  const steps: string[] = [];
  if (pixelsOf(sent.content) < pixelsOf(size))
    steps.push(`shrunk from ${sizeText(size)} to ${sizeText(sent.content)} pixels`);
  if (pixelsOf(sent) > pixelsOf(sent.content)) steps.push(`padded with grey to ${sizeText(sent)} pixels`);
  steps.push(`saved as JPEG of quality ${sent.quality}`);
  if (tiles > 0) steps.push(`cut into ${tiles} overlapping tiles, sent beside the whole picture`);
  return steps;
}
