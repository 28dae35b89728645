import type { InvocationContext } from '@azure/functions';
import { asKeylessError } from '../errors/errors.ts';
import { scoringParts } from '../functions/app.ts';
import type { PredictionDocument } from '../storage/document.ts';
import { documentName } from '../storage/store.ts';
import { patiently } from './retryPassing.ts';
import { type Outcome, type ScoringOptions, scorePicture } from './scorePicture.ts';
import { inFlight } from './shutdown.ts';

/**
 * One attempt at a dropped picture: scores it and writes its document, and tells the log how it ended. What trying
 * again can mend is thrown, for the platform to try again; what it cannot is written as a failed document.
 */
export async function attempt(
  name: string,
  context: InvocationContext,
  options: ScoringOptions = {},
): Promise<void> {
  try {
    const outcome = await inFlight((signal) =>
      patiently(async () => scorePicture({ ...(await scoringParts()), signal }, name, options), signal),
    );
    tell(context, name, outcome);
  } catch (thrown) {
    const error = asKeylessError(thrown);
    context.warn(`${name}: ${error.code}: ${error.message} Left to the next attempt.`);
    throw error;
  }
}

function tell(context: InvocationContext, name: string, outcome: Outcome): void {
  if (outcome.kind !== 'written') context.info(`${name}: ${outcome.kind}.`);
  else if (outcome.document.error) {
    const { code, detail, fix } = outcome.document.error;
    context.error(`${name}: ${code}: ${detail} Fix: ${fix}`);
  } else context.info(`${name}: ${summary(outcome.document)} → ${documentName(name)}`);
}

function summary({ results }: PredictionDocument): string {
  const best = results.map(({ model, accepted: [top] }) =>
    top ? `${model} ${top.tagName} ${top.probability.toFixed(2)}` : `${model} nothing above the threshold`,
  );
  return best.join(', ');
}
