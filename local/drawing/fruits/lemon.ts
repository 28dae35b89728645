import { anyOf } from '../colours.ts';
import { between, type Random } from '../random.ts';
import { ring, type Shape } from '../shape.ts';
import { leaf } from './leaf.ts';

/** A yellow ellipse with a nub at both ends. */
export function lemon(random: Random): Shape[] {
  const height = between(random, 0.6, 0.72);
  const nub = between(random, 0.16, 0.26);
  const fill = anyOf(random, [48, 68], [75, 95], [48, 62]);
  const body = ring(60, (angle) => {
    const across = Math.cos(angle);
    const tip = Math.abs(across) ** 14;
    return [across * (0.8 + nub * tip), height * Math.sin(angle) * (1 - 0.25 * tip)];
  });
  const shapes: Shape[] = [{ points: body, fill }];
  if (random() < 0.4) shapes.push(leaf(random, [0.85, 0], 0.5, between(random, -0.8, 0.8)));
  return shapes;
}
