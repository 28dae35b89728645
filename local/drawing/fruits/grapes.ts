import { hsl, stemBrown } from '../colours.ts';
import { between, pickOne, type Random } from '../random.ts';
import { circle, type Shape } from '../shape.ts';

const bunches = [
  [4, 3, 2, 1],
  [3, 4, 3, 2, 1],
  [3, 3, 2, 1],
];

/** A bunch of purple or green berries that narrows downwards. */
export function grapes(random: Random): Shape[] {
  const hue = pickOne(random, [between(random, 260, 310), between(random, 70, 95)]);
  const saturation = between(random, 35, 65);
  const lightness = between(random, 28, 48);
  const radius = between(random, 0.25, 0.3);
  const rows = pickOne(random, bunches);
  const tip = between(random, -0.1, 0.1);
  const jitter = (width: number) => between(random, -width, width);
  const stem: Shape = {
    points: [
      [0, -0.6],
      [tip, -1],
    ],
    fill: stemBrown(random),
    stroke: 0.09,
  };
  const berries = rows.flatMap((count, row) =>
    Array.from({ length: count }, (_, i): Shape => {
      const x = (i - (count - 1) / 2) * radius * 1.6 + jitter(0.04);
      const y = -0.5 + row * radius * 1.45 + jitter(0.04);
      return { points: circle(x, y, radius), fill: hsl(hue + jitter(8), saturation, lightness + jitter(8)) };
    }),
  );
  return [stem, ...berries];
}
