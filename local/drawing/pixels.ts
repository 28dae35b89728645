import sharp from 'sharp';
import { between, seededRandom } from './random.ts';

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
