import type { Size } from '../limits.ts';

/** Pixels. */
export type Rectangle = { left: number; top: number; width: number; height: number };

/**
 * Where a label goes: inside the picture, by its frame (above, below, or within it), free of labels that are there
 * already if there is room; captions stack down from the upper left corner.
 */
export function placeLabel(
  label: Size,
  wanted: 'corner' | Rectangle,
  picture: Size,
  placed: readonly Rectangle[],
): Rectangle {
  const candidates =
    wanted === 'corner'
      ? Array.from({ length: 20 }, (_, line) => ({ left: 0, top: line * label.height }))
      : besides(label, wanted);
  const inside = candidates.map(({ left, top }) => ({
    ...label,
    left: within(left, picture.width - label.width),
    top: within(top, picture.height - label.height),
  }));
  const free = inside.find((each) => !placed.some((other) => meet(each, other)));
  return free ?? inside[0] ?? { ...label, left: 0, top: 0 };
}

/** Above and below the frame, then down along its inner side. */
function besides(label: Size, frame: Rectangle): { left: number; top: number }[] {
  const rows = Math.max(1, Math.floor(frame.height / label.height));
  const below = { left: frame.left, top: frame.top + frame.height };
  const within = Array.from({ length: Math.min(rows, 20) }, (_, row) => ({
    left: frame.left,
    top: frame.top + row * label.height,
  }));
  return frame.top >= label.height
    ? [{ left: frame.left, top: frame.top - label.height }, ...within, below]
    : [...within, below];
}

const within = (value: number, most: number): number => Math.max(0, Math.min(value, most));

const meet = (a: Rectangle, b: Rectangle): boolean =>
  a.left < b.left + b.width &&
  b.left < a.left + a.width &&
  a.top < b.top + b.height &&
  b.top < a.top + a.height;
