import sharp from 'sharp';
import { between, seededRandom } from './random.ts';
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

/**
 * What a poor camera would make of a drawing: three planes (red, green, blue) of size × size bytes, after a lossy JPEG,
 * with random brightness, contrast and, half the time, noise.
 */
export async function noisyPixels(svg: string, size: number, seed: number): Promise<Uint8Array> {
  const random = seededRandom(seed ^ 0x5bd1e995);
  const quality = 35 + Math.floor(random() * 60);
  const jpeg = await sharp(Buffer.from(svg)).flatten().jpeg({ quality }).toBuffer();
  const colours = await sharp(jpeg).resize(size, size, { fit: 'fill' }).removeAlpha().raw().toBuffer();
  const gain = between(random, 0.75, 1.25);
  const offset = between(random, -20, 20);
  const noise = random() < 0.5 ? random() * 22 : 0;
  const pixels = size * size;
  const planes = new Uint8ClampedArray(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const shift = offset + (noise > 0 ? (random() + random() - 1) * noise : 0);
    for (let channel = 0; channel < 3; channel++) {
      planes[channel * pixels + i] = (colours[i * 3 + channel] ?? 0) * gain + shift;
    }
  }
  return new Uint8Array(planes.buffer);
}
