import { csvLine } from '../../csvLine.ts';
import type { TagFigures } from '../evaluation.ts';
import { f1Of, type Point, precisionOf, recallOf } from '../figures/curve.ts';
import type { Proportion } from '../figures/proportion.ts';
import type { Slip } from '../slips.ts';
import type { Candidate, Report } from './report.ts';

/** One document with everything but the curves. A figure that there is not, as a share of nothing, is left out. */
export const reportJson = ({ models, failures, ...report }: Report): string =>
  JSON.stringify(
    {
      ...report,
      models: models.map(modelJson),
      failed: failures.map(({ name, model, error }) => ({
        ...{ name, model, code: error.code, detail: error.message, fix: error.fix },
      })),
    },
    undefined,
    2,
  );

const modelJson = ({ evaluation: { curves: _, thresholds, wrong, ...evaluation }, ...model }: Candidate) => ({
  ...model,
  ...evaluation,
  thresholds: {
    table: thresholds.table.map(pointJson),
    inUse: pointJson(thresholds.inUse),
    ...(thresholds.best && { best: pointJson(thresholds.best) }),
  },
  wrong: wrong.map(slipJson),
});

const pointJson = (point: Point) => ({
  threshold: point.probability,
  accepted: point.accepted,
  right: point.right,
  truths: point.truths,
  precision: precisionOf(point),
  recall: recallOf(point),
  f1: f1Of(point),
});

const slipJson = ({ picture, extra, missing, top }: Slip) => ({
  ...{ name: picture.name, tags: picture.tags, extra, missing },
  ...(top && { top: { tagName: top.tagName, probability: top.probability } }),
});

const HEAD = [
  ...['model', 'tag', 'truths', 'accepted', 'threshold', 'right'],
  ...['precision', 'precisionLow', 'precisionHigh', 'recall', 'recallLow', 'recallHigh'],
  ...['f1', 'averagePrecision', 'averagePrecision50to95'],
];

/** A line for each model and tag; the one without a tag is all together. */
export const reportCsv = ({ models }: Report): string =>
  [
    HEAD,
    ...models.flatMap(({ name, evaluation: { tags, all, threshold } }) =>
      [...tags, all].map((figures) => rowOf(name, figures, threshold)),
    ),
  ]
    .map(csvLine)
    .join('');

const rowOf = (model: string, figures: TagFigures, threshold: number) => [
  ...[model, figures.tag, figures.truths, figures.accepted, threshold, figures.precision?.hits ?? 0],
  ...[...shareCells(figures.precision), ...shareCells(figures.recall)],
  ...[figures.f1, figures.averagePrecision, figures.averagePrecision50to95],
];

const shareCells = (of: Proportion | undefined) => [of?.share, of?.low, of?.high];
