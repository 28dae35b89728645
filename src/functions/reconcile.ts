import { app, type InvocationContext } from '@azure/functions';
import { reconcilePictures } from '../scoring/reconcile.ts';
import { inFlight } from '../scoring/shutdown.ts';
import { loaded, scoringParts } from './app.ts';

/** A short run: a fault of all pictures would else take hours of patience. */
const LONGEST_RUN_MS = 240_000;
/** Younger pictures may still be on their way through the trigger. */
const SETTLED_MS = 15 * 60_000;

/** By the clock: scores pictures whose event was missed, some at a time. */
async function reconcile(_timer: unknown, context: InvocationContext): Promise<void> {
  const parts = await scoringParts();
  const before = new Date(Date.now() - SETTLED_MS);
  const { written, failed, left } = await inFlight(
    (signal) => reconcilePictures({ ...parts, signal }, { before }, context),
    LONGEST_RUN_MS,
  );
  if (written + failed + left === 0) return;
  context.info(`Reconciled: ${written} written, ${failed} failed for good, ${left} left to a later run.`);
}

const schedule = loaded.settings?.reconcileSchedule;
if (schedule) app.timer('reconcile', { schedule, handler: reconcile });
