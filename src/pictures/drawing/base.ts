import { type AdmitDecoding, decoding } from '../converter.ts';
import { readHeader } from '../header.ts';
import { pixelsOf, type Size } from '../limits.ts';
import { openSource } from '../source.ts';

/** For a screen: larger ones take long to send, on smaller ones labels would not be readable. */
const MOST_SIDE = 1_600;
const LEAST_SIDE = 480;

/** A picture to draw on: upright, of a size for screens, and without what its file told beside the pixels. */
export type Base = Size & { jpeg: Buffer };

/** Rejects as the door does where the picture is none, or cannot be decoded. */
export async function basePicture(bytes: Buffer, admit: AdmitDecoding): Promise<Base> {
  const header = readHeader(bytes);
  const { size, open } = await openSource(bytes, header);
  const side = Math.min(MOST_SIDE, Math.max(LEAST_SIDE, size.width, size.height));
  await admit(pixelsOf(size) * 3);
  return decoding(header.name, async () => {
    const { data, info } = await open()
      .resize({ width: side, height: side, fit: 'inside' })
      .jpeg({ quality: 82 })
      .toBuffer({ resolveWithObject: true });
    return { jpeg: data, width: info.width, height: info.height };
  });
}
