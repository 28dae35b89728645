import type { Evaluation } from '../evaluation.ts';
import { f1Of, type Point, precisionOf, recallOf } from '../figures/curve.ts';
import type { Markup } from './html.ts';
import { type At, plot } from './plot.ts';
import { percent, setting } from './words.ts';

/** More lines than that cannot be told apart; those of the most pictures are shown. */
const MOST_TAGS = 12;

/** The three plots of a model. */
export const plotsOf = (evaluation: Evaluation): Markup[] => [
  recallPlot(evaluation),
  thresholdPlot(evaluation),
  ...calibrationPlot(evaluation),
];

function recallPlot({ curves, tags }: Evaluation): Markup {
  const truthsOf = (tag: string) => tags.find((each) => each.tag === tag)?.truths ?? 0;
  const shown = curves.toSorted((a, b) => truthsOf(b.tag) - truthsOf(a.tag)).slice(0, MOST_TAGS);
  const left = curves.length - shown.length;
  return plot({
    title: `Precision and recall${left > 0 ? `, of ${left} more tags not shown` : ''}`,
    x: 'recall',
    y: 'precision',
    lines: shown.map(({ tag, points }) => ({ name: tag, points: steps(points) })),
  });
}

/** From the first probability on, each lower one adds recall, or costs precision. */
function steps(points: readonly Point[]): At[] {
  const told = points.map((point) => ({ x: recallOf(point) ?? 0, y: precisionOf(point) ?? 0 }));
  const [first] = told;
  return first ? [{ x: 0, y: first.y }, ...told] : [];
}

function thresholdPlot({ thresholds: { table, best }, threshold }: Evaluation): Markup {
  const line = (name: string, of: (point: Point) => number | undefined) => ({
    name,
    points: table.flatMap((point) => {
      const y = of(point);
      return y === undefined ? [] : [{ x: point.probability, y }];
    }),
  });
  const bestMark = best ? [{ x: best.probability, word: `best ${setting(best.probability)}` }] : [];
  const near = best && Math.abs(best.probability - threshold) < 0.25;
  const ownMark = { x: threshold, word: near ? '' : `in use ${setting(threshold)}` };
  return plot({
    title: 'What a threshold gives',
    x: 'threshold',
    y: 'share',
    lines: [line('precision', precisionOf), line('recall', recallOf), line('F1', f1Of)],
    marks: [ownMark, ...bestMark],
  });
}

function calibrationPlot({ calibration }: Evaluation): Markup[] {
  if (!calibration) return [];
  return [
    plot({
      title: `Calibration: off by ${percent(calibration.error)}`,
      x: 'probability answered',
      y: 'share that is right',
      diagonal: true,
      lines: [],
      dots: calibration.bins.map(({ meanProbability, right }) => ({
        ...{ x: meanProbability, y: right.share, low: right.low, high: right.high },
        what: `${right.hits} of ${right.of} answers of about ${percent(meanProbability)} are right`,
      })),
    }),
  ];
}
