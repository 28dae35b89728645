import { KeylessError } from '../errors.ts';
import { scoringParts } from '../functions/app.ts';
import { missing } from '../results/selection.ts';
import { type RunOptions, runOver } from './run.ts';

export type BackfillOptions = RunOptions & { since?: Date; model?: string };

/** Scores the pictures that have no current document. Resolves with the exit code. */
export async function backfill(options: BackfillOptions): Promise<number> {
  const parts = await scoringParts();
  const { model } = options;
  if (model && !parts.models.some(({ name }) => name === model)) {
    throw new KeylessError(
      'ModelUnknown',
      `There is no model ${model}; there are: ${parts.models.map(({ name }) => name).join(', ')}.`,
      {
        fix: 'Name one of them with --model.',
      },
    );
  }
  return runOver(parts, () => missing(parts.containers, parts.models, options), false, options);
}
