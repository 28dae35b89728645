import { between, type Random } from './random.ts';

export type Point = readonly [x: number, y: number];

/** One filled polygon, or, with `stroke` (its width), one open line. */
export type Shape = { points: Point[]; fill: string; stroke?: number };

export type Rectangle = { left: number; top: number; width: number; height: number };

/** A closed curve sampled at `count` angles. */
export const ring = (count: number, at: (angle: number) => Point): Point[] =>
  Array.from({ length: count }, (_, i) => at((i / count) * 2 * Math.PI));

export const circle = (x: number, y: number, radius: number): Point[] =>
  ring(24, (angle) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]);

export const rotate = ([x, y]: Point, angle: number): Point => [
  x * Math.cos(angle) - y * Math.sin(angle),
  x * Math.sin(angle) + y * Math.cos(angle),
];

export const move = ([x, y]: Point, [right, down]: Point): Point => [x + right, y + down];

export function bounds(points: readonly Point[]): Rectangle {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}

export const area = (box: Rectangle) => box.width * box.height;

export function commonArea(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return Math.max(0, width) * Math.max(0, height);
}

/** Hue in degrees (any number), saturation and lightness in percent. */
export const hsl = (hue: number, saturation: number, lightness: number) =>
  `hsl(${hue.toFixed(0)},${saturation.toFixed(0)}%,${lightness.toFixed(0)}%)`;

type Span = readonly [low: number, high: number];

export const anyOf = (random: Random, hue: Span, saturation: Span, lightness: Span) =>
  hsl(between(random, ...hue), between(random, ...saturation), between(random, ...lightness));

export const stemBrown = (random: Random) => anyOf(random, [20, 40], [30, 60], [18, 38]);
