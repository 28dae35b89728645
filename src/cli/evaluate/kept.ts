import { appendFileSync, constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ServiceModel } from '../../settings/settings.ts';
import { type PredictionDocument, parseDocument } from '../../storage/documentShape.ts';
import { isResultOf } from '../../storage/mark.ts';
import { documentLines } from '../documentLines.ts';
import { UsageError } from '../faults.ts';

/** What the service answered, kept in a file as it comes, so that nothing is paid twice. */
export type Kept = {
  /** By the SHA-256 of a picture’s file. */
  find(sha256: string, model: ServiceModel): PredictionDocument | undefined;
  /** At once, one line; where the process ends in it, the next one takes that line away. */
  keep(document: PredictionDocument): void;
};

/**
 * Goes on from a file that is there. Throws a UsageError where that holds something else than prediction documents, or
 * cannot be written: better before paying than after.
 */
export async function openKept(path: string, models: readonly ServiceModel[]): Promise<Kept> {
  const there = (await stat(path).catch(() => undefined)) !== undefined;
  await access(there ? path : dirname(path), constants.W_OK).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`--answers: ${path} cannot be written (${cause.code}).`, 'Name another file.');
  });
  const documents = new Map<string, PredictionDocument>();
  const keyOf = (model: ServiceModel, sha256 = '') => `${models.indexOf(model)} ${sha256}`;
  if (there) {
    for await (const document of documentLines(path, true)) {
      for (const model of models) {
        const result = document.results.find((each) => isResultOf(each, model) && !each.fallbackFor);
        if (result) documents.set(keyOf(model, document.image.sha256), { ...document, results: [result] });
      }
    }
    await endLine(path);
  }
  return {
    find: (sha256, model) => documents.get(keyOf(model, sha256)),
    keep: (document) => appendFileSync(path, `${JSON.stringify(document)}\n`),
  };
}

/** So that the next line begins at the margin: a last one without its end gets that, and half of one is taken away. */
async function endLine(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const text = await file.readFile('utf8');
    const last = text.slice(text.lastIndexOf('\n') + 1);
    if (last === '') return;
    const { size } = await file.stat();
    if (isDocument(last)) await file.write('\n', size);
    else await file.truncate(size - Buffer.byteLength(last));
  } finally {
    await file.close();
  }
}

function isDocument(line: string): boolean {
  try {
    parseDocument(line);
    return true;
  } catch {
    return false;
  }
}
