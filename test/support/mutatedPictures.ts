import fc, { type Arbitrary } from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { drawPicture } from '../../local/drawing/picture.ts';
import { bitmapOf, type Rows, type Variant } from '../pictures/bitmaps.ts';

export type Whole = { format: string; bytes: Buffer };
export type Mutated = Whole & { how: string };

/** Whole pictures of every format that is taken, in the variants that decoders tell apart. */
export async function wholePictures(size = 96): Promise<Whole[]> {
  const { jpeg } = await drawPicture(97_000_001, { size });
  const made: [string, Sharp | Promise<Buffer>][] = [
    ['JPEG', sharp(jpeg).jpeg()],
    ['JPEG', sharp(jpeg).withMetadata({ orientation: 6 }).jpeg({ progressive: true })],
    ['PNG', sharp(jpeg).png()],
    ['PNG', sharp(jpeg).png({ palette: true, progressive: true })],
    ['GIF', sharp(jpeg).gif()],
    ['GIF', sharp([jpeg, jpeg], { join: { animated: true } }).gif()],
    ['WebP', sharp(jpeg).webp()],
    ['WebP', sharp(jpeg).webp({ lossless: true })],
    ['AVIF', sharp(jpeg).avif({ effort: 0 })],
    ['TIFF', sharp(jpeg).tiff()],
    ['TIFF', sharp(jpeg).tiff({ compression: 'lzw', bigtiff: true })],
    ['TIFF', sharp(jpeg).tiff({ compression: 'none', tile: true, tileWidth: 64, tileHeight: 64 })],
  ];
  const bitmaps: Variant[] = [
    { bits: 24 },
    { bits: 32, header: 124, method: 3, topDown: true },
    { bits: 16, header: 108, method: 3 },
    { bits: 8, header: 12 },
    { bits: 8, method: 1 },
    { bits: 4, method: 2 },
  ];
  const rows = await fewColours(jpeg);
  return [
    ...(await Promise.all(
      made.map(async ([format, from]) => ({
        format,
        bytes: await ('then' in from ? from : from.toBuffer()),
      })),
    )),
    ...bitmaps.map((variant) => ({ format: 'BMP', bytes: bitmapOf(rows, variant) })),
  ];
}

async function fewColours(jpeg: Buffer): Promise<Rows> {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  const step = (value = 0) => (value > 127 ? 255 : 0);
  return Array.from({ length: info.height }, (_, y) =>
    Array.from({ length: info.width }, (_, x) => {
      const at = (y * info.width + x) * info.channels;
      return [step(data[at]), step(data[at + 1]), step(data[at + 2])];
    }),
  );
}

/** From 0 up to 1, evenly: of fc.double nearly all are next to 0. */
export const part = fc.nat(2 ** 31 - 1).map((number) => number / 2 ** 31);

/** One of the pictures with bytes changed, cut off, swapped or repeated. */
export function mutated(bases: readonly Whole[]): Arbitrary<Mutated> {
  const base = fc.constantFrom(...bases);
  const length = fc.integer({ min: 1, max: 64 });
  const change = fc.tuple(part, fc.nat(255), fc.boolean());
  const changed = fc.tuple(base, fc.array(change, { minLength: 1, maxLength: 5 })).map(([from, changes]) => {
    const bytes = Buffer.from(from.bytes);
    // squared, places are more often in the head, where most of the structure is
    for (const [at, value, early] of changes)
      bytes[Math.floor((early ? at ** 3 : at) * bytes.length)] = value;
    return { format: from.format, how: 'changed', bytes };
  });
  const cut = fc.tuple(base, part).map(([{ format, bytes }, at]) => {
    return { format, how: 'cut', bytes: bytes.subarray(0, 1 + Math.floor(at * bytes.length)) };
  });
  const swapped = fc.tuple(base, part, part, length).map(([from, one, other, count]) => {
    const bytes = Buffer.from(from.bytes);
    const [a, b] = [one, other].map((at) => Math.floor(at * Math.max(1, bytes.length - count)));
    const first = Buffer.from(bytes.subarray(a, (a ?? 0) + count));
    bytes.copyWithin(a ?? 0, b ?? 0, (b ?? 0) + count);
    first.copy(bytes, b);
    return { format: from.format, how: 'swapped', bytes };
  });
  const repeated = fc.tuple(base, part, length).map(([{ format, bytes }, at, count]) => {
    const end = Math.floor(at * bytes.length) + count;
    const whole = Buffer.concat([bytes.subarray(0, end), bytes.subarray(Math.max(0, end - count))]);
    return { format, how: 'repeated', bytes: whole };
  });
  // without the bias to ends and noughts, which would leave many as they were
  return fc.noBias(
    fc.oneof(
      { arbitrary: changed, weight: 2 },
      { arbitrary: cut, weight: 1 },
      { arbitrary: swapped, weight: 1 },
      { arbitrary: repeated, weight: 1 },
    ),
  );
}
