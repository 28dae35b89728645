import { anyOf, stemBrown } from '../colours.ts';
import { between, type Random } from '../random.ts';
import { move, type Point, type Shape } from '../shape.ts';

const bend = 1.15;
const steps = 20;

/** A piece of a circle of radius `bend`, thick in the middle, with a short brown stem at one end. */
export function banana(random: Random): Shape[] {
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
