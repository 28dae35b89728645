import { between, pickOne, type Random } from './random.ts';
import { anyOf, circle, hsl, move, type Point, ring, rotate, type Shape, stemBrown } from './shape.ts';

/** A pointed leaf that starts at `from` and grows `length` in the direction `angle` (radians, 0 is to the right). */
const leaf = (random: Random, from: Point, length: number, angle: number): Shape => ({
  fill: anyOf(random, [90, 140], [40, 75], [25, 45]),
  points: ring(20, (turn) => {
    const along = (1 - Math.cos(turn)) / 2;
    const across = 0.28 * Math.sin(turn) * (1 - 0.3 * along);
    return move(rotate([along * length, across * length], angle), from);
  }),
});

/** A yellow ellipse with a nub at both ends. */
function lemon(random: Random): Shape[] {
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

const bunches = [
  [4, 3, 2, 1],
  [3, 4, 3, 2, 1],
  [3, 3, 2, 1],
];

/** A bunch of purple or green berries that narrows downwards. */
function grapes(random: Random): Shape[] {
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

const seedsPerRow = [4, 4, 3, 3];

/** A heart-like body with rows of seeds under a leafy crown. */
function strawberry(random: Random): Shape[] {
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

const bend = 1.15;
const steps = 20;

/** A piece of a circle of radius `bend`, thick in the middle, with a short brown stem at one end. */
function banana(random: Random): Shape[] {
  const span = between(random, 0.95, 1.3);
  const thickness = between(random, 0.3, 0.42);
  const thicknessAt = (u: number) => thickness * Math.max(0, 1 - Math.abs(u) ** 2.6) ** 0.7 + 0.05;
  const edge = (u: number, share: number): Point => {
    const radius = bend + share * thicknessAt(u);
    return [radius * Math.sin(u * span), radius * Math.cos(u * span) - 0.95];
  };
  const along = Array.from({ length: steps + 1 }, (_, i) => (i / steps) * 2 - 1);
  const outer = along.map((u) => edge(u, 0.55));
  const inner = along.map((u) => edge(u, -0.45)).reverse();
  const end: Point = [bend * Math.sin(span), bend * Math.cos(span) - 0.95];
  return [
    { points: [...outer, ...inner], fill: anyOf(random, [46, 62], [75, 95], [48, 62]) },
    { points: [end, move(end, [0.08, -0.14])], fill: stemBrown(random), stroke: 0.1 },
  ];
}

/** Red or green, dented at the stem and a little at the bottom. */
function apple(random: Random): Shape[] {
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

/** The shapes of one fruit, back to front, within about [-1, 1] both ways; every call draws another individual. */
export const fruits = { apple, banana, strawberry, grapes, lemon } satisfies Record<
  string,
  (random: Random) => Shape[]
>;

export type TagName = keyof typeof fruits;

/** In the order of the sample models' labels.txt. */
export const tagNames = Object.keys(fruits) as readonly TagName[];
