import type { Labelled } from '../../../src/cli/evaluate/truth/truth.ts';
import type { BoundingBox, Prediction } from '../../../src/prediction.ts';

/** The figures once more, by other ways: counted from scratch at each step, slowly. */
export type Said = { picture: Labelled; answer: readonly Prediction[] };

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const mean = (numbers: readonly number[]) => (numbers.length > 0 ? sum(numbers) / numbers.length : undefined);

export function countTag(said: readonly Said[], tag: string, threshold: number) {
  const counts = { right: 0, accepted: 0, truths: 0 };
  for (const { picture, answer } of said) {
    const isTrue = picture.tags.some((each) => each === tag);
    const isSaid = answer.some((each) => each.tagName === tag && !(each.probability < threshold));
    counts.truths += isTrue ? 1 : 0;
    counts.accepted += isSaid ? 1 : 0;
    counts.right += isTrue && isSaid ? 1 : 0;
  }
  return counts;
}

/** The mean, over the pictures that show the tag, of the precision among all that score at least as high. */
export function secondAveragePrecision(said: readonly Said[], tag: string): number | undefined {
  const scoreOf = ({ answer }: Said) => answer.find((each) => each.tagName === tag)?.probability ?? 0;
  const shown = said.filter(({ picture }) => picture.tags.includes(tag));
  return mean(
    shown.map((one) => {
      const above = said.filter((each) => scoreOf(each) >= scoreOf(one));
      return above.filter((each) => shown.includes(each)).length / above.length;
    }),
  );
}

type Corners = [x1: number, y1: number, x2: number, y2: number];
const corners = (box: BoundingBox): Corners => [
  box.left,
  box.top,
  box.left + box.width,
  box.top + box.height,
];

/** Areas by counting what is left of the rectangles' bounding frame, not by src/pictures/boxes. */
function shared([ax1, ay1, ax2, ay2]: Corners, [bx1, by1, bx2, by2]: Corners): number {
  const width = ax2 - ax1 + (bx2 - bx1) - (Math.max(ax2, bx2) - Math.min(ax1, bx1));
  const height = ay2 - ay1 + (by2 - by1) - (Math.max(ay2, by2) - Math.min(ay1, by1));
  return width > 0 && height > 0 ? width * height : 0;
}
const surface = ([x1, y1, x2, y2]: Corners) => (x2 - x1) * (y2 - y1);

/** Hits and misses of one tag over all pictures, strongest first; undefined: neither. */
function verdicts(said: readonly Said[], tag: string, least: number): { score: number; hit: boolean }[] {
  const all: { score: number; hit: boolean }[] = [];
  for (const { picture, answer } of said) {
    const open = (picture.drawn?.boxes ?? []).filter((each) => each.tag === tag && !each.crowd);
    const crowds = (picture.drawn?.boxes ?? []).filter((each) => each.tag === tag && each.crowd);
    const own = answer.filter((each) => each.tagName === tag && each.boundingBox);
    for (const each of [...own].sort((a, b) => b.probability - a.probability).slice(0, 100)) {
      const mine = corners(each.boundingBox as BoundingBox);
      const shares = open.map((truth) => {
        const theirs = corners(truth.box);
        const both = shared(mine, theirs);
        return both / (surface(mine) + surface(theirs) - both);
      });
      const best = Math.max(-1, ...shares);
      if (best >= least - 1e-9) {
        open.splice(shares.lastIndexOf(best), 1);
        all.push({ score: each.probability, hit: true });
      } else if (!crowds.some(({ box }) => shared(mine, corners(box)) / surface(mine) >= least - 1e-9)) {
        all.push({ score: each.probability, hit: false });
      }
    }
  }
  return all.sort((a, b) => b.score - a.score);
}

/** At each of the 101 recalls the best precision of any prefix that reaches it. */
export function secondCocoPrecision(said: readonly Said[], tag: string, least: number): number | undefined {
  const truths = sum(
    said.map(
      ({ picture }) => (picture.drawn?.boxes ?? []).filter((each) => each.tag === tag && !each.crowd).length,
    ),
  );
  if (truths === 0) return undefined;
  const list = verdicts(said, tag, least);
  const prefixes = list.map((_, index) => {
    const hits = list.slice(0, index + 1).filter(({ hit }) => hit).length;
    return { recall: hits / truths, precision: hits / (index + 1) };
  });
  const levels = Array.from({ length: 101 }, (_, index) => index * 0.01); // as numpy spaces them
  return mean(
    levels.map((level) =>
      Math.max(0, ...prefixes.filter(({ recall }) => recall >= level).map(({ precision }) => precision)),
    ),
  );
}

/** mAP@0.5 and mAP@0.5:0.95. */
export function secondMeans(said: readonly Said[], tags: readonly string[]) {
  const at = (least: number) => mean(tags.flatMap((tag) => secondCocoPrecision(said, tag, least) ?? []));
  const levels = [50, 55, 60, 65, 70, 75, 80, 85, 90, 95];
  return { at50: at(0.5), at50to95: mean(levels.flatMap((level) => at(level / 100) ?? [])) };
}
