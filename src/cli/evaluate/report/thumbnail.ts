import { readFile } from 'node:fs/promises';
import { lookAt } from '../../../pictures/look/look.ts';
import { decodingOf, openSource } from '../../../pictures/source.ts';

/** Of the longer side, in pixels; sharp on screens of twice the density at half of it. */
const SIDE = 320;

export type Thumbnail = { width: number; height: number; address: string };

/** A picture, upright and small, as a data: address. Rejects where it cannot be decoded. */
export async function thumbnail(path: string): Promise<Thumbnail> {
  const bytes = await readFile(path);
  const look = await lookAt(bytes);
  return decodingOf(bytes, look, async () => {
    const image = await (await openSource(bytes, look)).open();
    const { data, info } = await image
      .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 72 })
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return { width, height, address: `data:image/jpeg;base64,${data.toString('base64')}` };
  });
}
