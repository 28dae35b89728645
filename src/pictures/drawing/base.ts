import type { AdmitDecoding } from '../converter.ts';
import { decodedBytes } from '../decodedBytes.ts';
import type { Size } from '../limits.ts';
import { lookAt } from '../look/look.ts';
import { decodingOf, openSource } from '../source.ts';

/** For a screen: larger ones take long to send, on smaller ones labels would not be readable. */
const MOST_SIDE = 1_600;
const LEAST_SIDE = 480;

/** A picture to draw on: upright, of a size for screens, and without what its file told beside the pixels. */
export type Base = Size & { jpeg: Buffer };

/** Rejects as the door does where the picture is none, or cannot be decoded. */
export async function basePicture(bytes: Buffer, admit: AdmitDecoding): Promise<Base> {
  const look = await lookAt(bytes);
  const { size, stored, open } = await decodingOf(bytes, look, () => openSource(bytes, look));
  const side = Math.min(MOST_SIDE, Math.max(LEAST_SIDE, size.width, size.height));
  await admit(decodedBytes(stored, Math.min(1, side / Math.max(size.width, size.height)), false));
  return decodingOf(bytes, look, async () => {
    const { data, info } = await (await open())
      .resize({ width: side, height: side, fit: 'inside' })
      .jpeg({ quality: 82 })
      .toBuffer({ resolveWithObject: true });
    return { jpeg: data, width: info.width, height: info.height };
  });
}
