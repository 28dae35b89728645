import type { BoundingBox } from '../prediction.ts';

/** The whole picture. */
export const WHOLE: Readonly<BoundingBox> = Object.freeze({ left: 0, top: 0, width: 1, height: 1 });

export const right = (box: BoundingBox): number => box.left + box.width;
export const bottom = (box: BoundingBox): number => box.top + box.height;
export const area = (box: BoundingBox): number => box.width * box.height;

/** What both have in common; of no area where that is nothing. */
export function intersection(a: BoundingBox, b: BoundingBox): BoundingBox {
  const left = Math.max(a.left, b.left);
  const top = Math.max(a.top, b.top);
  return {
    left,
    top,
    width: Math.max(0, Math.min(right(a), right(b)) - left),
    height: Math.max(0, Math.min(bottom(a), bottom(b)) - top),
  };
}

/** The smallest box around both. */
export function around(a: BoundingBox, b: BoundingBox): BoundingBox {
  const left = Math.min(a.left, b.left);
  const top = Math.min(a.top, b.top);
  return {
    left,
    top,
    width: Math.max(right(a), right(b)) - left,
    height: Math.max(bottom(a), bottom(b)) - top,
  };
}

/** Intersection over union, 0 to 1. */
export function overlap(a: BoundingBox, b: BoundingBox): number {
  const both = area(intersection(a, b));
  return both === 0 ? 0 : both / (area(a) + area(b) - both);
}

/** A box of fractions of the part, in fractions of the picture. */
export const outOf = (part: BoundingBox, box: BoundingBox): BoundingBox => ({
  left: part.left + box.left * part.width,
  top: part.top + box.top * part.height,
  width: box.width * part.width,
  height: box.height * part.height,
});
