import { asKeylessError } from '../errors/errors.ts';
import { forLog, type Log } from '../errors/forLog.ts';
import type { PredictionDocument } from '../storage/document.ts';
import { documentName } from '../storage/documentName.ts';
import { retryPassing } from './retryPassing.ts';
import { type Outcome, type ScoringOptions, type ScoringParts, scorePicture } from './scorePicture.ts';
import { inFlight } from './shutdown.ts';

/** The parts of this process, opened at the first call. */
export type OpenParts = () => Promise<ScoringParts>;

/**
 * One attempt at a dropped picture: scores it and writes its document, and tells the log how it ended. What trying
 * again can mend is thrown, for the platform to try again; what it cannot is written as a failed document.
 */
export async function attempt(
  open: OpenParts,
  name: string,
  log: Log,
  options: ScoringOptions = {},
): Promise<void> {
  try {
    const outcome = await inFlight((signal) =>
      retryPassing(async () => scorePicture({ ...(await open()), signal }, name, options), signal),
    );
    tell(log, name, outcome);
  } catch (thrown) {
    const error = asKeylessError(thrown);
    log.warn(`${forLog(name)}: ${error.code}: ${error.message} Left to the next attempt.`);
    throw error;
  }
}

function tell(log: Log, name: string, outcome: Outcome): void {
  const picture = forLog(name);
  if (outcome.kind === 'blocked') {
    const { code, message, fix } = outcome.error;
    log.error(`${picture}: ${code}: ${message} Fix: ${fix}`);
  } else if (outcome.kind !== 'written') log.info(`${picture}: ${outcome.kind}.`);
  else if (outcome.document.error) {
    const { code, detail, fix } = outcome.document.error;
    log.error(`${picture}: ${code}: ${detail} Fix: ${fix}`);
  } else log.info(`${picture}: ${summary(outcome.document)} → ${forLog(documentName(name))}`);
}

function summary({ results }: PredictionDocument): string {
  const best = results.map(({ model, accepted: [top] }) =>
    top
      ? `${model} ${forLog(top.tagName)} ${top.probability.toFixed(2)}`
      : `${model} nothing above the threshold`,
  );
  return best.join(', ');
}
