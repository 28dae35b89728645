import type { Sharp } from 'sharp';
import { decodeBitmap } from './bitmap.ts';
import { decoding, loadConverter, MOST_SECONDS } from './converter.ts';
import type { Header, Stored } from './decodedBytes.ts';
import { MAX_PIXELS, type Size } from './limits.ts';
import { checkPixels, endsEarly, type Look, type PlainLook } from './look/look.ts';
import { UPRIGHT } from './look/outline.ts';

/** Opens a picture anew: upright, in sRGB, on white. Nothing is decoded before something is asked of it. */
export type Open = () => Promise<Sharp>;

export type Source = {
  /** Upright. */
  size: Size;
  /** Whether it is stored so. */
  upright: boolean;
  /** As it is stored, for the memory that opening takes. */
  stored: Stored;
  /** For the whole picture, which may be made smaller while it is decoded. */
  open: Open;
  /** Decodes all of it into next to nothing; rejects as any decoding does where it is damaged. */
  prove(): Promise<void>;
  /** Decodes all pixels, once, for regions of them: three bytes a pixel for as long as its answer is held. */
  decode(): Promise<Open>;
  /** What opening does to the picture, for people. */
  steps: string[];
};

/** Into one pixel goes every other one; a JPEG is decoded at an eighth for it. */
const ALL_OF_IT = { fit: 'fill', kernel: 'linear' } as const;

const STILLS = ['avif', 'mif1', 'msf1'];

/** Runs it; where no end of the picture was seen and it cannot be decoded, more is missing than an end mark. */
export const decodingOf = <T>(bytes: Buffer, look: Look, work: () => Promise<T>): Promise<T> =>
  decoding(look.name, work, look.ended ? undefined : (cause) => endsEarly(bytes.length, look.name, cause));

/** Reads what the header of a picture tells the converter. */
export function openSource(bytes: Buffer, look: Look): Promise<Source> {
  return look.kind === 'plain' && look.format === 'bmp' ? bitmapSource(bytes, look) : fileSource(bytes, look);
}

async function bitmapSource(bytes: Buffer, { size, decoded }: PlainLook): Promise<Source> {
  const sharp = await loadConverter();
  let pixels: Promise<Buffer> | undefined;
  const open = async () => {
    pixels ??= decodeBitmap(bytes);
    return sharp(await pixels, { raw: { ...size, channels: 3 } });
  };
  return {
    size,
    upright: true,
    stored: { size, decoded },
    open,
    prove: async () => {}, // the look went over all of it
    decode: async () => open,
    steps: ['converted from BMP'],
  };
}

async function fileSource(given: Buffer, look: Look): Promise<Source> {
  const sharp = await loadConverter();
  const bytes = look.name === 'AVIF' ? asStill(given) : given;
  const decoded = { ...look.decoded, ...(bytes !== given && { copyBytes: bytes.length }) };
  const { subdirectory: subifd = -1, page } = look.decoded;
  // A warning is no reason to refuse what every viewer shows; missing or damaged data is.
  const strict = { failOn: 'error', subifd, ...(page !== undefined && { page }) } as const;
  // The limit is checked here, with numbers; the converter’s own would only say that it was exceeded.
  const told = headerOf(look) ?? (await sharp(bytes, { ...strict, limitInputPixels: false }).metadata());
  const { width, height } = told.autoOrient;
  checkPixels({ width, height });

  const { orientation = UPRIGHT, pages = 1, hasAlpha } = told;
  const steps = [
    orientation > UPRIGHT && `turned upright (EXIF orientation ${orientation})`,
    pages > 1 &&
      `${page === undefined ? 'first' : `number ${page + 1}`} of ${pages} ${look.name === 'TIFF' ? 'pages' : 'frames'} taken`,
    hasAlpha && 'transparent parts laid on white',
    look.kind === 'plain' && !look.ended && 'completed, for its end mark is missing',
    look.name !== 'JPEG' && `converted from ${look.name}`,
  ].filter((step) => step !== false);

  const read = () =>
    sharp(bytes, { ...strict, limitInputPixels: MAX_PIXELS }).timeout({ seconds: MOST_SECONDS });
  const opened = () => read().flatten({ background: 'white' }).toColourspace('srgb');
  const decode = async (): Promise<Open> => {
    const { data, info } = await opened().raw().toBuffer({ resolveWithObject: true });
    const raw = { width: info.width, height: info.height, channels: info.channels };
    return async () => upright(sharp(data, { raw, limitInputPixels: false }), orientation);
  };
  return {
    size: { width, height },
    upright: orientation === UPRIGHT,
    stored: { size: { width: told.width, height: told.height }, decoded, told },
    open: async () => opened().autoOrient(),
    prove: async () => void (await read().resize(1, 1, ALL_OF_IT).raw().toBuffer()),
    decode,
    steps,
  };
}

/** What the look has seen already need not be asked of the converter. */
function headerOf(look: Look): Header | undefined {
  const { jpeg } = look.decoded;
  if (look.kind !== 'plain' || !jpeg) return undefined;
  const { size } = look;
  return { format: 'jpeg', depth: 'uchar', hasAlpha: false, ...jpeg, ...size, autoOrient: size };
}

/** Turned when a region is taken of it: turning all of it at once would take its memory a second time. */
function upright(image: Sharp, orientation: number): Sharp {
  const flipped = image.flip(orientation === 4 || orientation === 5);
  const flopped = flipped.flop(orientation === 2 || orientation === 7);
  if (orientation === 3) return flopped.rotate(180);
  if (orientation === 8) return flopped.rotate(270);
  return orientation >= 5 ? flopped.rotate(90) : flopped;
}

/** A sequence has a still picture too, which the converter reads only of what calls itself one of these first. */
function asStill(bytes: Buffer): Buffer {
  if (STILLS.includes(bytes.toString('latin1', 8, 12))) return bytes;
  const still = Buffer.from(bytes);
  still.write('avif', 8, 'latin1');
  return still;
}
