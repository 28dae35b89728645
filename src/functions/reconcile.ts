import { app, type InvocationContext } from '@azure/functions';
import { asKeylessError } from '../errors/errors.ts';
import { scorePicture } from '../scoring/scorePicture.ts';
import { missing } from '../scoring/selection.ts';
import { inFlight } from '../scoring/shutdown.ts';
import { loaded, scoringParts } from './app.ts';

/** A small step a run: events come first, and the next run goes on. */
const MOST_PICTURES = 100;
/** And a short one: a fault of all of them would else take hours of patience. */
const LONGEST_RUN_MS = 240_000;
/** Younger pictures may still be on their way through the trigger. */
const SETTLED_MS = 15 * 60_000;

/** By the clock: scores pictures whose event was missed, some at a time, in the order of names. */
async function reconcile(_timer: unknown, context: InvocationContext): Promise<void> {
  const parts = await scoringParts();
  const before = new Date(Date.now() - SETTLED_MS);
  let scored = 0;
  await inFlight(async (signal) => {
    for await (const { name } of missing(parts.containers, parts.models, { before })) {
      if (scored === MOST_PICTURES || signal.aborted) break;
      scored += 1;
      try {
        const outcome = await scorePicture({ ...parts, signal }, name);
        context.info(`${name}: ${outcome.kind}.`);
      } catch (thrown) {
        const { code, message } = asKeylessError(thrown);
        context.warn(`${name}: ${code}: ${message} Left to the next run.`);
      }
    }
  }, LONGEST_RUN_MS);
  if (scored > 0) context.info(`Reconciled ${scored} pictures that had no current document.`);
}

const schedule = loaded.settings?.reconcileSchedule;
if (schedule) app.timer('reconcile', { schedule, handler: reconcile });
