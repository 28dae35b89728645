import { readFile } from 'node:fs/promises';
import { asKeylessError, type KeylessError } from '../../errors/errors.ts';
import { digest } from '../../pictures/digest.ts';
import { byProbability } from '../../prediction.ts';
import type { PredictionDocument } from '../../storage/document.ts';
import type { Contender } from '../contenders.ts';
import { readImage } from '../predict/score.ts';
import type { Judged } from './evaluation.ts';
import type { Kept } from './kept.ts';
import type { Labelled } from './truth/truth.ts';

export type Failure = { name: string; model: string; error: KeylessError };

/** What each contender answered to one picture, in their order. */
export type Answered = { picture: Labelled; documents: PredictionDocument[] };

/** Asks every contender that has no kept answer; of a picture that one fails on, none counts. Rejects only after the signal. */
export async function answersOf(
  contenders: readonly Contender[],
  picture: Labelled,
  kept: Kept | undefined,
  signal: AbortSignal,
): Promise<Answered | Failure> {
  let at = contenders[0]?.name ?? '';
  try {
    const image = await readImage({
      name: picture.name,
      key: picture.path,
      read: async () => ({ bytes: await readFile(picture.path) }),
    });
    const bytes = 'bytes' in image ? image.bytes : Buffer.alloc(0);
    const documents: PredictionDocument[] = [];
    for (const contender of contenders) {
      at = contender.name;
      documents.push(await answerOf(contender, { name: picture.name, bytes }, kept, signal));
    }
    return { picture, documents };
  } catch (thrown) {
    signal.throwIfAborted();
    return { name: picture.name, model: at, error: asKeylessError(thrown) };
  }
}

async function answerOf(
  contender: Contender,
  picture: { name: string; bytes: Buffer },
  kept: Kept | undefined,
  signal: AbortSignal,
): Promise<PredictionDocument> {
  const [model] = contender.paid;
  const found = model && kept?.find((await digest('sha256', picture.bytes)).toString('hex'), model);
  if (found) return found;
  const document = await contender.answer(picture, signal);
  // where its fallback answered, nothing was paid, and the model itself may answer the next time
  if (model && !document.results.some(({ fallbackFor }) => fallbackFor)) kept?.keep(document);
  return document;
}

/** The part of one contender, in the truth’s spelling of tags. */
export const judgedBy = (
  index: number,
  answered: readonly Answered[],
  spelled: (tag: string) => string,
): Judged[] =>
  answered.map(({ picture, documents }) => ({
    picture,
    answer: byProbability(documents[index]?.results[0]?.predictions ?? []).map((each) => ({
      ...each,
      tagName: spelled(each.tagName),
    })),
  }));
