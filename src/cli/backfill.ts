import { scoringParts } from '../functions/app.ts';
import { missing } from '../scoring/selection.ts';
import { suggestion, UsageError } from './faults.ts';
import { type RunOptions, runOver } from './run.ts';

export type BackfillOptions = RunOptions & { since?: Date; model?: string };

/** Scores the pictures that have no current document. Resolves with the exit code. */
export async function backfill(options: BackfillOptions): Promise<number> {
  const parts = await scoringParts();
  const { model } = options;
  if (model && !parts.models.some(({ name }) => name === model)) {
    const names = parts.models.map(({ name }) => name);
    throw new UsageError(
      `There is no model ${model}; there are: ${names.join(', ')}.${suggestion(model, names)}`,
      'Name one of them with --model.',
    );
  }
  return runOver(parts, () => missing(parts.containers, parts.models, options), false, options);
}
