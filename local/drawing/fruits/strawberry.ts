import { anyOf, hsl } from '../colours.ts';
import { between, type Random } from '../random.ts';
import { circle, ring, type Shape } from '../shape.ts';
import { leaf } from './leaf.ts';

const seedsPerRow = [4, 4, 3, 3];

/** A heart-like body with rows of seeds under a leafy crown. */
export function strawberry(random: Random): Shape[] {
  const width = between(random, 0.62, 0.76);
  const body = ring(44, (angle) => {
    const across = Math.cos(angle);
    const down = Math.sin(angle);
    return [1.05 * width * across * (1 - 0.32 * (down + 0.4)), 0.85 * down + 0.12 - 0.1 * Math.abs(across)];
  });
  const jitter = () => between(random, -0.03, 0.03);
  const shapes: Shape[] = [{ points: body, fill: anyOf(random, [-14, 10], [70, 95], [36, 52]) }];
  const seedColour = hsl(between(random, 42, 58), 80, between(random, 60, 78));
  seedsPerRow.forEach((count, row) => {
    for (let i = 0; i < count; i++) {
      const x = (i - (count - 1) / 2) * (0.34 - row * 0.03) + jitter();
      shapes.push({ points: circle(x, -0.28 + row * 0.28 + jitter(), 0.045), fill: seedColour });
    }
  });
  for (let i = 0; i < 5; i++) {
    shapes.push(leaf(random, [0, -0.66], between(random, 0.42, 0.55), Math.PI * (0.08 + i * 0.21)));
  }
  const tip = between(random, -0.12, 0.12);
  shapes.push({
    points: [
      [0, -0.66],
      [tip, -1],
    ],
    fill: hsl(between(random, 90, 120), 50, 32),
    stroke: 0.08,
  });
  return shapes;
}
