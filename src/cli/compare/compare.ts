import { asKeylessError, type KeylessError } from '../../errors/errors.ts';
import type { PredictionDocument } from '../../storage/document.ts';
import { type Contender, openTwo } from '../contenders.ts';
import { askAboveSome, costOf } from '../cost.ts';
import { UsageError } from '../faults.ts';
import { type NamedPicture, namedPictures } from '../predict/pictures.ts';
import { readImage } from '../predict/score.ts';
import { type Bar, createBar, interruption } from '../progress.ts';
import { plain } from '../table.ts';
import { comparePicture, type PictureComparison, sayingOf, summarise } from './comparison.ts';
import { comparisonJson, comparisonText, type Failure } from './report.ts';

export type CompareOptions = { threshold?: number; json?: boolean; yes?: boolean };
type Two = readonly [Contender, Contender];

const DEFAULT_THRESHOLD = 0.5;

/** Sends the same pictures to two models, one picture after the other. Resolves with the exit code: 1 where tags changed. */
export async function compare(
  names: readonly [string, string],
  args: readonly string[],
  { threshold, json, yes }: CompareOptions,
): Promise<number> {
  const pictures = await namedPictures(args);
  const url = pictures.find(({ name }) => /^https?:/iu.test(name));
  if (url) {
    throw new UsageError(
      `Expected pictures that are here, got the url ${url.name}: both models must get the same bytes.`,
      `curl --silent --remote-name ${url.name}, then name the file.`,
    );
  }
  const two = await openTwo(names);
  const signal = interruption();
  let bar: Bar | undefined;
  const comparisons: PictureComparison[] = [];
  const failures: Failure[] = [];
  try {
    const paid = two.flatMap((each) => each.paid);
    const ended = await askAboveSome(costOf(paid, pictures.length), yes, signal);
    if (ended) return ended;
    bar = createBar(pictures.length);
    for (const picture of pictures) {
      const outcome = await compareOne(two, picture, threshold, signal);
      if (signal.aborted) break;
      if ('error' in outcome) failures.push(outcome);
      else comparisons.push(outcome);
      bar.step();
    }
  } finally {
    bar?.stop();
    await Promise.all(two.map((each) => each.close()));
  }
  if (signal.aborted) {
    const done = comparisons.length + failures.length;
    console.error(`Interrupted after ${done} of ${pictures.length} pictures.`);
    return 130;
  }
  const summary = summarise(comparisons);
  console.log(
    json ? comparisonJson(two, summary, comparisons, failures) : comparisonText(two, summary, comparisons),
  );
  for (const { name, model, error } of failures) {
    console.error(
      `${plain(name)}: ${plain(model)}: ${error.code}: ${plain(error.message)}\nFix: ${error.fix}`,
    );
  }
  return failures.length > 0 || summary.changed > 0 ? 1 : 0;
}

async function compareOne(
  two: Two,
  picture: NamedPicture,
  threshold: number | undefined,
  signal: AbortSignal,
): Promise<PictureComparison | Failure> {
  const [a, b] = two;
  const least = ({ threshold: own }: Contender, other: Contender) =>
    threshold ?? own ?? other.threshold ?? DEFAULT_THRESHOLD;
  let at = a;
  try {
    const image = await readImage(picture);
    const asked = { name: picture.name, bytes: 'bytes' in image ? image.bytes : Buffer.alloc(0) };
    const first = await a.answer(asked, signal);
    at = b;
    const second = await b.answer(asked, signal);
    return comparePicture(picture.name, saying(first, least(a, b)), saying(second, least(b, a)), a.task);
  } catch (thrown) {
    const error: KeylessError = asKeylessError(thrown);
    return { name: picture.name, model: at.name, error };
  }
}

/** A contender answers with one result. */
const saying = ({ results: [result] }: PredictionDocument, threshold: number) =>
  sayingOf(result?.predictions ?? [], result?.durationMs ?? 0, threshold);
