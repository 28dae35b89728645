import type { Prediction } from '../../prediction.ts';
import { averagePrecision, interpolatedPrecision, meanOf } from './figures/averagePrecision.ts';
import { type Calibration, calibrationOf } from './figures/calibration.ts';
import { type Confusion, confusionOf } from './figures/confusion.ts';
import { curveOf, f1Of, type Point, pointAt } from './figures/curve.ts';
import { rankBoxes } from './figures/matching.ts';
import { type Proportion, proportion } from './figures/proportion.ts';
import { type Ranking, rankTags } from './figures/ranking.ts';
import { type Thresholds, thresholdsOf } from './figures/thresholds.ts';
import { type Slip, slipOf } from './slips.ts';
import type { Labelled } from './truth/truth.ts';

/** What is asked of the model: the one tag of a picture, any of several, or boxes. */
export type Task = 'one tag' | 'several tags' | 'boxes';

/** A picture with what a model answered, most probable first, in the truth’s spelling of tags. */
export type Judged = { picture: Labelled; answer: readonly Prediction[] };

export type TagFigures = {
  /** Undefined: all tags together. */
  tag?: string;
  /** Pictures that show it, or boxes of it. */
  truths: number;
  /** Answers at the threshold or above. */
  accepted: number;
  precision?: Proportion;
  recall?: Proportion;
  f1?: number;
  /** Of a detector at an overlap of 0.5; of all tags the mean. */
  averagePrecision?: number;
  /** Of a detector: the mean over the overlaps 0.5, 0.55 … 0.95. */
  averagePrecision50to95?: number;
};

export type Evaluation = {
  task: Task;
  pictures: number;
  threshold: number;
  /** Of pictures with one tag: its share as the most probable one, whatever the threshold. */
  topRight?: Proportion;
  /** Pictures of which exactly what is true was accepted. */
  allRight?: Proportion;
  all: TagFigures;
  tags: TagFigures[];
  thresholds: Thresholds;
  calibration?: Calibration;
  confusion?: Confusion;
  /** Of each tag that is to be found. */
  curves: { tag: string; points: Point[] }[];
  /** The pictures that went wrong, the surest mistake first. */
  wrong: Slip[];
};

/** The overlaps that COCO takes the mean over: iouThrs of pycocotools/cocoeval.py. */
const OVERLAPS = Array.from({ length: 10 }, (_, index) => 0.5 + index * 0.05);

/** All figures of one model over pictures whose truth is known. */
export function evaluationOf(judged: readonly Judged[], task: Task, threshold: number): Evaluation {
  const tags = tagsOf(judged);
  const boxed = judged.map(({ picture, answer }) => ({ boxes: picture.drawn?.boxes ?? [], answer }));
  const tagged = judged.map(({ picture, answer }) => ({ tags: picture.tags, answer }));
  const overlaps = task === 'boxes' ? OVERLAPS.map((least) => rankBoxes(boxed, tags, least)) : [];
  const rankings = overlaps[0] ?? rankTags(tagged, tags);
  const figures = rankings.map((ranking, index) => {
    const others = overlaps.flatMap((each) => each[index] ?? []);
    return figuresOf(ranking, others, threshold);
  });
  const slips = judged.map((each) => slipOf(each, task, threshold));
  const tops = judged.map(({ picture, answer }) => ({
    truth: picture.tags[0] ?? '',
    said: answer[0]?.tagName,
  }));
  const one = task === 'one tag';
  return present({
    task,
    pictures: judged.length,
    threshold,
    topRight: one
      ? proportion(tops.filter(({ truth, said }) => truth === said).length, tops.length)
      : undefined,
    allRight: proportion(slips.filter((slip) => slip === undefined).length, slips.length),
    all: allOf(rankings, figures, threshold),
    tags: figures,
    thresholds: thresholdsOf(rankings, threshold),
    calibration: calibrationOf(one ? topsOf(judged) : rankings.flatMap(({ scored }) => scored)),
    confusion: one ? confusionOf(tops) : undefined,
    curves: rankings
      .filter(({ truths }) => truths > 0)
      .map((each) => ({ tag: each.tag, points: curveOf([each]) })),
    wrong: slips.filter((slip) => slip !== undefined).toSorted((a, b) => b.surest - a.surest),
  });
}

/** All that are true or answered somewhere. */
const tagsOf = (judged: readonly Judged[]): string[] =>
  [
    ...new Set(
      judged.flatMap(({ picture, answer }) => [...picture.tags, ...answer.map(({ tagName }) => tagName)]),
    ),
  ].toSorted();

function figuresOf(ranking: Ranking, overlaps: readonly Ranking[], threshold: number): TagFigures {
  const boxes = overlaps.length > 0;
  return {
    tag: ranking.tag,
    ...sharesOf(pointAt([ranking], threshold)),
    ...present({
      averagePrecision: boxes ? interpolatedPrecision(ranking) : averagePrecision(ranking),
      averagePrecision50to95: boxes ? meanOf(overlaps.map(interpolatedPrecision)) : undefined,
    }),
  };
}

/** Counts of all tags together, and the mean of their average precisions (mAP). */
const allOf = (
  rankings: readonly Ranking[],
  figures: readonly TagFigures[],
  threshold: number,
): TagFigures => ({
  ...sharesOf(pointAt(rankings, threshold)),
  ...present({
    averagePrecision: meanOf(figures.map((each) => each.averagePrecision)),
    averagePrecision50to95: meanOf(figures.map((each) => each.averagePrecision50to95)),
  }),
});

const sharesOf = (point: Point): TagFigures => ({
  truths: point.truths,
  accepted: point.accepted,
  ...present({
    precision: proportion(point.right, point.accepted),
    recall: proportion(point.right, point.truths),
    f1: f1Of(point),
  }),
});

/** The most probable answer of each picture. */
const topsOf = (judged: readonly Judged[]) =>
  judged.flatMap(({ picture, answer: [top] }) =>
    top ? [{ probability: top.probability, right: picture.tags.includes(top.tagName) }] : [],
  );

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without what is undefined. */
const present = <T extends object>(given: T): Present<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Present<T>;
