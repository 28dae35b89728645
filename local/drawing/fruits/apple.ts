import { hsl, stemBrown } from '../colours.ts';
import { between, pickOne, type Random } from '../random.ts';
import { type Point, ring, type Shape } from '../shape.ts';
import { leaf } from './leaf.ts';

/** Red or green, dented at the stem and a little at the bottom. */
export function apple(random: Random): Shape[] {
  const hue = pickOne(random, [between(random, -12, 12), between(random, 75, 105)]);
  const dent = between(random, 0.18, 0.32);
  const squash = between(random, 0.86, 1);
  const body = ring(48, (angle) => {
    const top = Math.exp(-((angle - Math.PI * 1.5) ** 2) * 9);
    const bottom = Math.exp(-((angle - Math.PI * 0.5) ** 2) * 9);
    const radius = 0.9 * (1 - dent * top - dent * 0.4 * bottom);
    return [radius * Math.cos(angle), squash * radius * Math.sin(angle) + 0.08];
  });
  const tip: Point = [between(random, -0.2, 0.25), -1];
  const shapes: Shape[] = [
    { points: body, fill: hsl(hue, between(random, 60, 90), between(random, 38, 55)) },
    { points: [[0, -0.55], tip], fill: stemBrown(random), stroke: 0.1 },
  ];
  if (random() < 0.7) shapes.push(leaf(random, [tip[0] * 0.6, -0.82], 0.55, between(random, -0.6, 0.2)));
  return shapes;
}
