import { anyOf } from '../colours.ts';
import type { Random } from '../random.ts';
import { move, type Point, ring, rotate, type Shape } from '../shape.ts';

/** A pointed leaf that starts at `from` and grows `length` in the direction `angle` (radians, 0 is to the right). */
export const leaf = (random: Random, from: Point, length: number, angle: number): Shape => ({
  fill: anyOf(random, [90, 140], [40, 75], [25, 45]),
  points: ring(20, (turn) => {
    const along = (1 - Math.cos(turn)) / 2;
    const across = 0.28 * Math.sin(turn) * (1 - 0.3 * along);
    return move(rotate([along * length, across * length], angle), from);
  }),
});
