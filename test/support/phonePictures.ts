import sharp from 'sharp';
import { drawPicture } from '../../local/drawing/picture.ts';
import type { Rectangle } from '../../local/drawing/shape.ts';

/** A picture of one drawn fruit in grain that no codec can squeeze, and where the fruit is: fractions of the upright picture. */
export type Photograph = { bytes: Buffer; box: Rectangle };

type Tag = 'apple' | 'banana' | 'grapes' | 'lemon' | 'strawberry';
type Scene = { tag: Tag; width: number; height: number; left: number; top: number; side: number };

/** 24 megapixels as a phone held upright stores them: lying, with EXIF orientation 6; about 12 MB. */
export async function phonePhotograph(tag: Tag): Promise<Photograph> {
  const upright = { tag, width: 4000, height: 6000, left: 900, top: 2700, side: 2800 };
  const { pixels, box } = await compose(upright);
  const raw = { width: upright.width, height: upright.height, channels: 3 } as const;
  const bytes = await sharp(pixels, { raw })
    .rotate(270)
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 91 })
    .toBuffer();
  return { bytes, box };
}

/** 11 megapixels without loss: over 20 MB. */
export async function largePng(tag: Tag): Promise<Photograph> {
  const scene = { tag, width: 3400, height: 3200, left: 300, top: 900, side: 2000 };
  const { pixels, box } = await compose(scene);
  const raw = { width: scene.width, height: scene.height, channels: 3 } as const;
  return { bytes: await sharp(pixels, { raw }).png({ compressionLevel: 1 }).toBuffer(), box };
}

/** Drawn small, enlarged, and laid over the grain. */
async function compose({ tag, width, height, left, top, side }: Scene) {
  const drawn = await drawPicture(94_000_001, { tagNames: [tag], scale: [0.8, 0.9] });
  const enlarged = await sharp(drawn.jpeg).resize(side, side).png({ compressionLevel: 0 }).toBuffer();
  const grain = { type: 'gaussian', mean: 120, sigma: 40 } as const;
  // a strip of grain again and again: too far apart for a codec to find, and made in a tenth of the time
  const strip = await sharp({ create: { width, height: 400, channels: 3, background: 'grey', noise: grain } })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const pixels = await sharp({ create: { width, height, channels: 3, background: 'grey' } })
    .composite([
      { input: strip, tile: true, left: 0, top: 0 },
      { input: enlarged, left, top },
    ])
    .removeAlpha()
    .raw()
    .toBuffer();
  const [found] = drawn.boxes;
  if (!found) throw new Error('One fruit was to be drawn.');
  return {
    pixels,
    box: {
      left: (left + found.left * side) / width,
      top: (top + found.top * side) / height,
      width: (found.width * side) / width,
      height: (found.height * side) / height,
    },
  };
}
