import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { saturation } from '../../exports/saturation.ts';
import type { Contender } from '../contenders.ts';
import { openContenders } from '../contenders.ts';
import { askAboveSome, costOf } from '../cost.ts';
import { each } from '../each.ts';
import { UsageError } from '../faults.ts';
import { type Bar, createBar, interruption } from '../progress.ts';
import { plain } from '../table.ts';
import { evaluationOf, type Task } from './evaluation.ts';
import { type Answered, answersOf, type Failure, judgedBy } from './judge.ts';
import { type Kept, openKept } from './kept.ts';
import { noticesOf, shapeNotices } from './notices.ts';
import { type Candidate, differenceOf, type Report } from './report/report.ts';
import { spelling } from './tagNames.ts';
import { readTruth } from './truth/readTruth.ts';
import type { Labelled, Truth } from './truth/truth.ts';

export type EvaluateOptions = {
  against?: string;
  truth?: string;
  threshold?: number;
  answers: string;
  html?: string;
  json?: boolean;
  csv?: boolean;
  yes?: boolean;
  concurrency: number;
};

const DEFAULT_THRESHOLD = 0.5;

/** Says how good one or two models are on pictures whose truth is known. Resolves with the exit code: 1 where a picture failed. */
export async function evaluate(name: string, folder: string, options: EvaluateOptions): Promise<number> {
  const { against, answers, yes } = options;
  if (against === name)
    throw new UsageError(`Expected two different models, got ${JSON.stringify(name)} twice.`);
  const truth = await readTruth(folder, options.truth);
  const contenders = await openContenders(against === undefined ? [name] : [name, against]);
  const signal = interruption();
  try {
    const task = taskOf(contenders, truth);
    for (const { notices } of contenders) for (const notice of notices) console.error(plain(notice));
    const paid = contenders.flatMap((contender) => contender.paid);
    const kept = paid.length > 0 ? await openKept(answers, paid) : undefined;
    const ended = kept && (await askForRest(contenders, truth.pictures, kept, { answers, yes, signal }));
    if (ended) return ended;
    const asked = await askAll(contenders, truth.pictures, kept, options.concurrency, signal);
    if (signal.aborted) {
      const more = kept ? ' What was paid for is kept: the same command goes on from here.' : '';
      console.error(`Interrupted after ${asked.done} of ${truth.pictures.length} pictures.${more}`);
      return 130;
    }
    const report = reportOf(contenders, task, truth, asked, options.threshold);
    await (await import('./report/output.ts')).put(report, options);
    return asked.failures.length > 0 ? 1 : 0;
  } finally {
    await Promise.all(contenders.map((contender) => contender.close()));
  }
}

/** Throws a UsageError where the models, or the models and the truth, are not of one task. */
function taskOf([first, second]: readonly Contender[], { pictures }: Truth): Task {
  if (first && second && first.task !== second.task) {
    throw new UsageError(
      `Expected two models of one task, but ${first.name} is to ${first.task} and ${second.name} to ${second.task}.`,
    );
  }
  if (first?.task === 'classify')
    return pictures.every(({ tags }) => tags.length === 1) ? 'one tag' : 'several tags';
  const bare = pictures.find(({ drawn }) => !drawn);
  if (!bare) return 'boxes';
  throw new UsageError(
    `${first?.name} finds boxes, and the truth tells none of ${bare.name}.`,
    'Name a COCO file with --truth, in which each image has width and height and each annotation a bbox.',
  );
}

type Asking = { answers: string; yes: boolean | undefined; signal: AbortSignal };

/** Counts what is not kept yet, tells its cost and asks. Resolves with the exit code where it is not wanted. */
async function askForRest(
  contenders: readonly Contender[],
  pictures: readonly Labelled[],
  kept: Kept,
  { answers, yes, signal }: Asking,
): Promise<undefined | 1 | 130> {
  const hashes = new Set<string>();
  for (const { path } of pictures) {
    if (signal.aborted) return 130;
    hashes.add(await hashOf(path));
  }
  const models = contenders.flatMap((contender) => contender.paid);
  const rest = models.map((model) => [...hashes].filter((hash) => !kept.find(hash, model)).length);
  const there = models.length * hashes.size - rest.reduce((sum, count) => sum + count, 0);
  if (there > 0) {
    console.error(
      `${there} answers are in ${plain(answers)} and not paid again; without that file all are asked anew.`,
    );
  }
  const costs = models.map((model, index) => costOf([model], rest[index] ?? 0));
  return askAboveSome(
    {
      pictures: Math.max(0, ...rest),
      calls: {
        least: costs.reduce((sum, { calls }) => sum + calls.least, 0),
        most: costs.reduce((sum, { calls }) => sum + calls.most, 0),
      },
    },
    yes,
    signal,
  );
}

/** Of a file that is not there any more an empty one’s: reading it says why it fails. */
async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch {
    return createHash('sha256').digest('hex');
  }
  return hash.digest('hex');
}

type Asked = { answered: Answered[]; failures: Failure[]; done: number };

/** In the order of the pictures, however they ended. */
async function askAll(
  contenders: readonly Contender[],
  pictures: readonly Labelled[],
  kept: Kept | undefined,
  concurrency: number,
  signal: AbortSignal,
): Promise<Asked> {
  const bar: Bar = createBar(pictures.length);
  const outcomes = new Map<Labelled, Answered | Failure>();
  await each(pictures, concurrency, signal, async (picture) => {
    outcomes.set(picture, await answersOf(contenders, picture, kept, signal));
    bar.step();
  }).finally(() => bar.stop());
  const inOrder = pictures.flatMap((picture) => outcomes.get(picture) ?? []);
  return {
    answered: inOrder.filter((outcome) => 'documents' in outcome),
    failures: inOrder.filter((outcome) => 'error' in outcome),
    done: inOrder.length,
  };
}

function reportOf(
  contenders: readonly Contender[],
  task: Task,
  { pictures, notices }: Truth,
  { answered, failures }: Asked,
  threshold: number | undefined,
): Report {
  const spelled = spelling(pictures.flatMap(({ tags }) => tags));
  const others = (contender: Contender) => contenders.find((one) => one !== contender)?.threshold;
  const judged = contenders.map((_, index) => judgedBy(index, answered, spelled));
  const models = contenders.map((contender, index): Candidate => {
    const own = judged[index] ?? [];
    const least = threshold ?? contender.threshold ?? others(contender) ?? DEFAULT_THRESHOLD;
    const results = answered.flatMap(({ documents }) => documents[index]?.results ?? []);
    const evaluation = evaluationOf(own, task, least);
    const same = contender.kind === 'service' ? undefined : saturation(own.map(({ answer }) => answer));
    return {
      ...{ name: contender.name, kind: contender.kind, evaluation },
      iterations: [...new Set(results.map(({ iteration }) => iteration))],
      notices: [...noticesOf(contender.name, own, evaluation, results), ...(same ? [same] : [])],
    };
  });
  const [a, b] = judged;
  return {
    ...{ pictures: answered.length, task, models, failures },
    notices: [...notices, ...shapeNotices(answered)],
    ...(a && b && { difference: differenceOf(a, b, models, task) }),
  };
}
