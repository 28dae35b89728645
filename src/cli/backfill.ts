import type { ScoringParts } from '../scoring/scorePicture.ts';
import { missing } from '../scoring/selection.ts';
import { isExport, type Model } from '../settings/settings.ts';
import { checkAnswerable } from './ask.ts';
import { SCORE_THEM } from './cost.ts';
import { UsageError } from './faults.ts';
import { chosenModel } from './predict/chosenModel.ts';
import { TERMINAL_BUDGET } from './predict/score.ts';
import { type RunOptions, runOver } from './run.ts';
import { samplePicture } from './samplePicture.ts';
import { scoringParts } from './scoringParts.ts';

export type BackfillOptions = RunOptions & {
  since?: Date;
  model?: string;
  /** An id in lower case, or `current`: the one that answers now. */
  iteration?: string;
};

/**
 * Scores the pictures that have no current document, or none of an iteration. Resolves with the exit code. Throws
 * UsageError for a model that there is not, and for an iteration that does not answer.
 */
export async function backfill(options: BackfillOptions): Promise<number> {
  const parts = await scoringParts();
  const { iteration } = options;
  const model = iteration ? oneModel(parts.models, options.model) : named(parts.models, options.model);
  if (!model || !iteration) {
    return runOver(parts, () => missing(parts.containers, parts.models, options), {}, options);
  }
  if ('copies' in model) {
    throw new UsageError(
      `${model.name} has copies in other accounts, each with an iteration of its own, so --iteration tells nothing of it.`,
      'Give a model that was trained anew another published name: that makes its documents old.',
    );
  }
  if (iteration === 'current' && !options.dryRun) checkAnswerable({ ...SCORE_THEM, yes: options.yes });
  const wanted = iteration === 'current' ? await answering(parts, model) : iteration;
  const selection = { ...options, model: model.name, iteration: wanted };
  return runOver(
    parts,
    () => missing(parts.containers, parts.models, selection),
    { anew: model.name },
    options,
    iteration === 'current' ? undefined : () => checkAnswering(parts, model, iteration),
  );
}

const named = (models: readonly Model[], name: string | undefined): Model | undefined =>
  name === undefined ? undefined : chosenModel(models, name);

/** The model that an iteration is of. */
function oneModel(models: readonly Model[], name: string | undefined): Model {
  const [only, ...others] = models;
  if (name !== undefined || !only) return chosenModel(models, name);
  if (others.length === 0) return only;
  throw new UsageError(
    `An iteration is of one model, and there are several: ${models.map((each) => each.name).join(', ')}.`,
    `Name the one with --model, such as --model ${only.name}.`,
  );
}

/** Only an answer tells which iteration is published under a name. */
async function answering({ ask }: ScoringParts, model: Model): Promise<string> {
  console.error(`Asking ${model.name} which iteration answers${isExport(model) ? '' : ': one paid call'}.`);
  const { value } = await ask(model, { bytes: samplePicture() }, TERMINAL_BUDGET);
  console.error(`It is ${value.iteration}.`);
  return value.iteration.toLowerCase();
}

/** Else every picture would be paid for, and be of another iteration again. */
async function checkAnswering(parts: ScoringParts, model: Model, iteration: string): Promise<void> {
  const present = await answering(parts, model);
  if (present === iteration) return;
  throw new UsageError(
    `${model.name} does not answer with the iteration ${iteration}, so no picture can be scored by it: none was paid for.`,
    `${isExport(model) ? 'Upload it' : `Publish it as ${model.publishedName}`}, or name ${present}, or current.`,
  );
}
