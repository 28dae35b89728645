import { errorBook, KeylessError } from '../errors.ts';
import { scoringParts } from '../functions/app.ts';
import { failedPictures } from '../results/selection.ts';
import { type RunOptions, runOver } from './run.ts';

/** Scores failed pictures again. Resolves with the exit code. */
export async function retry(options: RunOptions & { code?: string }): Promise<number> {
  if (options.code && !Object.hasOwn(errorBook, options.code)) {
    throw new KeylessError('RequestInvalid', `There is no error code ${options.code}.`, {
      fix: 'See docs/errors.md for the codes.',
    });
  }
  const parts = await scoringParts();
  return runOver(parts, () => failedPictures(parts.containers, parts.models, options), true, options);
}
