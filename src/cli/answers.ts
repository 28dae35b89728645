import { KeylessError } from '../errors/errors.ts';
import { digest } from '../pictures/digest.ts';
import type { PredictionDocument } from '../storage/document.ts';
import type { Contender } from './contenders.ts';
import { documentLines } from './documentLines.ts';
import { UsageError } from './faults.ts';

/**
 * What one model once said, from a file of prediction documents; a later one of the same picture counts. Throws a
 * UsageError where there is none that succeeded, or there are several models in it.
 */
export async function openAnswers(
  path: string,
): Promise<{ task: Contender['task']; threshold: number; find: Contender['answer'] }> {
  const documents = new Map<string, PredictionDocument>();
  const models = new Set<string>();
  let first: PredictionDocument['results'][number] | undefined;
  for await (const document of documentLines(path)) {
    if (document.status !== 'succeeded' || !document.image.sha256) continue;
    for (const { model } of document.results) models.add(model);
    first ??= document.results[0];
    documents.set(document.image.sha256, document);
  }
  if (!first) throw new UsageError(`There is no answer of a model in ${path}.`);
  if (models.size > 1) {
    throw new UsageError(
      `Expected the answers of one model, and in ${path} there are those of ${[...models].join(', ')}.`,
      `Export those of one: keyless documents export --model ${first.model}`,
    );
  }
  const { task, threshold } = first;
  return { task, threshold, find: async ({ name, bytes }) => documentOf(documents, path, name, bytes) };
}

async function documentOf(
  documents: ReadonlyMap<string, PredictionDocument>,
  path: string,
  name: string,
  bytes: Buffer,
): Promise<PredictionDocument> {
  const found = documents.get((await digest('sha256', bytes)).toString('hex'));
  if (found) return found;
  throw new KeylessError('NotFound', `${path} has no document of a picture with the content of ${name}.`, {
    fix: 'Score the picture first (keyless backfill, or predict --json), or leave it out.',
  });
}
