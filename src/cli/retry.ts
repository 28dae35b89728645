import { errorBook } from '../errors/errors.ts';
import { failedPictures } from '../scoring/selection.ts';
import { suggestion, UsageError } from './faults.ts';
import { type RunOptions, runOver } from './run.ts';
import { scoringParts } from './scoringParts.ts';

/** Scores failed pictures again. Resolves with the exit code. */
export async function retry(options: RunOptions & { code?: string }): Promise<number> {
  if (options.code && !Object.hasOwn(errorBook, options.code)) {
    throw new UsageError(
      `There is no error code ${options.code}.${suggestion(options.code, Object.keys(errorBook))}`,
      'See docs/errors.md for the codes.',
    );
  }
  const parts = await scoringParts();
  return runOver(
    parts,
    () => failedPictures(parts.containers, parts.models, options),
    { failedAgain: true },
    options,
  );
}
