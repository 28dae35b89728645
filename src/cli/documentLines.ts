import { open } from 'node:fs/promises';
import { type PredictionDocument, parseDocument } from '../storage/documentShape.ts';
import { UsageError } from './faults.ts';

/**
 * Prediction documents of a file, one a line, as `predict --json` and `documents export` write them. Throws a UsageError
 * for a line that is none. With `cutOff` the last line may be half of one, where its writer was interrupted: it is left out.
 */
export async function* documentLines(path: string, cutOff = false): AsyncGenerator<PredictionDocument> {
  const file = await open(path);
  let broken: UsageError | undefined;
  try {
    let number = 0;
    for await (const line of file.readLines()) {
      number += 1;
      if (broken) throw broken;
      if (!line.trim()) continue;
      try {
        yield parseDocument(line);
      } catch (cause) {
        broken = new UsageError(`Line ${number} of ${path} is no prediction document.`, HOW);
        broken.cause = cause;
      }
    }
    if (broken && !cutOff) throw broken;
  } finally {
    await file.close();
  }
}

const HOW = 'Name a file that keyless predict --json or keyless documents export wrote.';
