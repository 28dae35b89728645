import sharp from 'sharp';
import { type DrawnBox, drawScene, type SceneOptions } from './scene.ts';

/** A JPEG file and the fruits in it; box sides are fractions (0..1) of the picture. */
export type Picture = { jpeg: Buffer; boxes: DrawnBox[] };

/**
 * Draws a picture of fruits as a JPEG: 640 × 640 pixels with one large fruit unless told otherwise. The same seed and
 * options give the same picture. The sample models were trained on seeds from one to ten million; others are new to them.
 */
export async function drawPicture(seed: number, options: Partial<SceneOptions> = {}): Promise<Picture> {
  const { size = 640, count = 1 } = options;
  const scale = options.scale ?? (count === 1 ? [0.35, 0.95] : [0.22, 0.7]);
  const { svg, boxes } = drawScene(seed, { ...options, size, count, scale });
  return { jpeg: await sharp(Buffer.from(svg)).flatten().jpeg({ quality: 90 }).toBuffer(), boxes };
}
