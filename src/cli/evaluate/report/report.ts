import type { Contender } from '../../contenders.ts';
import type { Evaluation, Judged, Task } from '../evaluation.ts';
import { signTest } from '../figures/signTest.ts';
import type { Failure } from '../judge.ts';
import { slipOf } from '../slips.ts';

/** One model with its figures. */
export type Candidate = {
  /** As it was typed. */
  name: string;
  kind: Contender['kind'];
  /** Those that answered; more than one where kept answers are of an earlier one. */
  iterations: string[];
  notices: string[];
  evaluation: Evaluation;
};

/** Pictures that one model alone gets right, and how probable that is if both were equally good. */
export type Difference = { onlyA: number; onlyB: number; both: number; neither: number; chance: number };

/** All that is told, in every form of output. */
export type Report = {
  /** Those that all models answered. */
  pictures: number;
  task: Task;
  models: Candidate[];
  difference?: Difference;
  failures: readonly Failure[];
  notices: readonly string[];
};

/** A picture with one tag is right where that is the most probable, any other where exactly what is true is accepted. */
export function differenceOf(
  a: readonly Judged[],
  b: readonly Judged[],
  models: readonly Candidate[],
  task: Task,
): Difference {
  const isRight = (judged: Judged | undefined, index: number): boolean =>
    judged !== undefined &&
    (task === 'one tag'
      ? judged.answer[0]?.tagName === judged.picture.tags[0]
      : slipOf(judged, task, models[index]?.evaluation.threshold ?? 0) === undefined);
  const counts = { onlyA: 0, onlyB: 0, both: 0, neither: 0 };
  for (const [index, first] of a.entries()) {
    const [byA, byB] = [isRight(first, 0), isRight(b[index], 1)];
    counts[byA ? (byB ? 'both' : 'onlyA') : byB ? 'onlyB' : 'neither'] += 1;
  }
  return { ...counts, chance: signTest(counts.onlyA, counts.onlyB) };
}
