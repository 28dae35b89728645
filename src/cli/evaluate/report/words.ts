import type { TagFigures } from '../evaluation.ts';
import type { Point } from '../figures/curve.ts';
import type { Proportion } from '../figures/proportion.ts';
import type { Thresholds } from '../figures/thresholds.ts';
import type { Slip } from '../slips.ts';
import type { Candidate, Difference, Report } from './report.ts';

/** Where there is no figure: a share of nothing. */
const NONE = '–';

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** `94.1 % (84–98)`: the share, and between what it lies with a confidence of 95 %. */
export const shareText = (of: Proportion | undefined): string =>
  of ? `${percent(of.share)} (${range(of)})` : NONE;

/** In whole per cent, rounded outwards. */
export const range = ({ low, high }: Proportion): string =>
  `${Math.floor(low * 100)}–${Math.ceil(high * 100)}`;

/** `48 of 51, 94.1 % (84–98)` */
export const countText = (of: Proportion | undefined): string =>
  of ? `${of.hits} of ${of.of}, ${shareText(of)}` : NONE;

export const figure = (value: number | undefined): string => value?.toFixed(3) ?? NONE;

/** A setting’s number, without what rounding adds. */
export const setting = (value: number): string => String(Number(value.toFixed(9)));

export const INTERVALS =
  'In brackets: between how many per cent the figure lies with a confidence of 95 % (Wilson), were the pictures drawn at random.';

/** What was evaluated, in a line. */
export const setText = ({ pictures, task, models }: Report): string => {
  const tags = models[0]?.evaluation.tags.filter(({ truths }) => truths > 0).length ?? 0;
  const what = {
    'one tag': 'one to a picture',
    'several tags': 'any number to a picture',
    boxes: 'in boxes',
  };
  return `${pictures} pictures, ${tags} tags, ${what[task]}.`;
};

/** What to know before the figures are believed, each once. */
export const notesOf = ({ notices, models }: Report): string[] => [
  ...new Set([...notices, ...models.flatMap((model) => model.notices)]),
];

/** Whether two models differ by more than chance. */
export function differenceText(
  { onlyA, onlyB, both, neither, chance }: Difference,
  [a, b]: readonly Candidate[],
): string {
  const counts = `${both} pictures are right in both, ${neither} in neither, ${onlyA} only in A (${a?.name}), ${onlyB} only in B (${b?.name}).`;
  if (onlyA + onlyB === 0) return `${counts} They do not differ.`;
  const p = chance < 0.001 ? 'less than 0.001' : chance.toFixed(3);
  const verdict =
    chance < 0.05 ? 'That is hardly chance: ' : 'That may be chance; more pictures would tell: ';
  return `${counts} ${verdict}two equally good models differ that much with a probability of ${p} (sign test).`;
}

/** `lemon 81.2 %, no apple`: what was accepted though it is not there, and what was not though it is. */
export function slipText({ extra, missing }: Slip): string {
  const said = extra.map(({ tag, probability }) => `${tag} ${percent(probability)}`);
  return [...said, ...counted(missing).map((tag) => `no ${tag}`)].join(', ');
}

/** `apple ×2` */
export function counted(tags: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].map(([tag, count]) => `${tag}${count > 1 ? ` ×${count}` : ''}`);
}

/** What is true of the picture. */
export const truthText = ({ picture }: Slip): string =>
  counted(picture.drawn ? picture.drawn.boxes.map(({ tag }) => tag) : picture.tags).join(', ') || 'nothing';

/** Tags of the model that are neither true nor accepted anywhere are not worth a line. */
export const isTold = ({ truths, accepted }: TagFigures): boolean => truths + accepted > 0;

/** 0.1, 0.2 … 0.9, the one in use and the best, each with a remark. */
export function shownThresholds({ table, inUse, best }: Thresholds): (Point & { remark: string })[] {
  const remarked = new Map(
    table.filter((_, index) => index % 2 === 1).map((point) => [point.probability, point] as const),
  );
  for (const point of [inUse, ...(best ? [best] : [])]) remarked.set(point.probability, point);
  return [...remarked.values()]
    .toSorted((a, b) => a.probability - b.probability)
    .map((point) => ({
      ...point,
      remark: [
        point.probability === best?.probability && 'best F1',
        point.probability === inUse.probability && 'in use',
      ]
        .filter(Boolean)
        .join(', '),
    }));
}
