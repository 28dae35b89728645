import { overlap } from '../../pictures/boxes.ts';
import type { Prediction } from '../../prediction.ts';

/** What one model said of one picture. */
export type Saying = { top: Prediction | undefined; accepted: Prediction[]; durationMs: number };

export type PictureComparison = {
  name: string;
  a: Saying;
  b: Saying;
  /** Whether the most probable tag is the same; both seeing nothing counts as that. */
  agreed: boolean;
  /** Whether the most probable tag, or the tags accepted, differ. */
  changed: boolean;
  /** Of detectors. */
  boxes?: BoxMatch;
};

export type Summary = {
  pictures: number;
  agreed: number;
  changed: number;
  medianMs: { a: number; b: number };
  /** Of detectors; meanOverlap is null where no pair was found. */
  boxes?: { pairs: number; meanOverlap: number | null; onlyA: number; onlyB: number };
};

/** `predictions` most probable first. */
export const sayingOf = (
  predictions: readonly Prediction[],
  durationMs: number,
  threshold: number,
): Saying => ({
  top: predictions[0],
  accepted: predictions.filter(({ probability }) => probability >= threshold),
  durationMs,
});

export function comparePicture(
  name: string,
  a: Saying,
  b: Saying,
  task: 'classify' | 'detect',
): PictureComparison {
  const agreed = a.top?.tagName === b.top?.tagName;
  return {
    ...{ name, a, b, agreed },
    changed: !agreed || tagsOf(a).join('\n') !== tagsOf(b).join('\n'),
    ...(task === 'detect' && { boxes: matchBoxes(a.accepted, b.accepted) }),
  };
}

/** Tags are told apart by name: an export carries no ids. */
const tagsOf = ({ accepted }: Saying): string[] => accepted.map(({ tagName }) => tagName).toSorted();

export function summarise(comparisons: readonly PictureComparison[]): Summary {
  const matches = comparisons.flatMap(({ boxes }) => boxes ?? []);
  const overlaps = matches.flatMap((match) => match.overlaps);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
  return {
    pictures: comparisons.length,
    agreed: comparisons.filter(({ agreed }) => agreed).length,
    changed: comparisons.filter(({ changed }) => changed).length,
    medianMs: {
      a: median(comparisons.map(({ a }) => a.durationMs)),
      b: median(comparisons.map(({ b }) => b.durationMs)),
    },
    ...(matches.length > 0 && {
      boxes: {
        pairs: overlaps.length,
        meanOverlap: overlaps.length > 0 ? sum(overlaps) / overlaps.length : null,
        onlyA: sum(matches.map(({ onlyA }) => onlyA)),
        onlyB: sum(matches.map(({ onlyB }) => onlyB)),
      },
    }),
  };
}

/** 0 of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

export type BoxMatch = {
  /** Intersection over union of each pair, 0..1. */
  overlaps: number[];
  onlyA: number;
  onlyB: number;
};

/** Pairs boxes of the same tag, those that overlap most first; each box once, and none with a box that it does not touch. */
export function matchBoxes(a: readonly Prediction[], b: readonly Prediction[]): BoxMatch {
  const candidates = a.flatMap((one, indexA) =>
    b.flatMap((other, indexB) => {
      if (one.tagName !== other.tagName || !one.boundingBox || !other.boundingBox) return [];
      const share = overlap(one.boundingBox, other.boundingBox);
      return share > 0 ? [{ indexA, indexB, share }] : [];
    }),
  );
  const [usedA, usedB] = [new Set<number>(), new Set<number>()];
  const overlaps: number[] = [];
  for (const { indexA, indexB, share } of candidates.toSorted((x, y) => y.share - x.share)) {
    if (usedA.has(indexA) || usedB.has(indexB)) continue;
    usedA.add(indexA);
    usedB.add(indexB);
    overlaps.push(share);
  }
  return { overlaps, onlyA: a.length - overlaps.length, onlyB: b.length - overlaps.length };
}
