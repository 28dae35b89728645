import { noisyPixels } from '../drawing/picture.ts';
import { type DrawnBox, drawScene, type Scene } from '../drawing/scene.ts';

/** Planes of size × size bytes (red, green, blue) and the fruits in them. */
export type Example = { planes: Uint8Array; boxes: DrawnBox[] };

const atOnce = 16;

/** One large fruit. */
export const oneFruitScene = (seed: number, size = 192): Scene =>
  drawScene(seed, { size, count: 1, scale: [0.35, 0.95] });

/** None to four fruits of any size; every ninth scene has none. */
export const manyFruitsScene = (seed: number, size = 320): Scene =>
  drawScene(seed, { size, count: seed % 9 === 0 ? 0 : 1 + (seed % 4), scale: [0.22, 0.7] });

export async function drawExamples(
  scene: (seed: number) => Scene,
  firstSeed: number,
  count: number,
  size: number,
): Promise<Example[]> {
  const drawOne = async (seed: number) => {
    const { svg, boxes } = scene(seed);
    return { planes: await noisyPixels(svg, size, seed), boxes };
  };
  const examples: Example[] = [];
  for (let from = 0; from < count; from += atOnce) {
    const seeds = Array.from({ length: Math.min(atOnce, count - from) }, (_, i) => firstSeed + from + i);
    examples.push(...(await Promise.all(seeds.map(drawOne))));
  }
  return examples;
}

/** Copies an example's planes as floats, mirrored left to right when asked. */
export function copyPlanes(planes: Uint8Array, into: Float32Array, size: number, mirrored: boolean): void {
  for (let row = 0; row < planes.length; row += size) {
    for (let column = 0; column < size; column++) {
      into[row + column] = planes[row + (mirrored ? size - 1 - column : column)] ?? 0;
    }
  }
}
