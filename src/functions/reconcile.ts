import { app, type InvocationContext } from '@azure/functions';
import { reconcilePictures } from '../scoring/reconcile.ts';
import { inFlight } from '../scoring/shutdown.ts';
import { deliveryParts, loaded, scoringParts } from './app.ts';

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
  if (written + failed + left > 0) {
    context.info(`Reconciled: ${written} written, ${failed} failed for good, ${left} left to a later run.`);
  }
  if (loaded.settings?.notify.length) await tellForgotten(context);
}

async function tellForgotten(context: InvocationContext): Promise<void> {
  const { handOnForgotten } = await import('../notify/forgotten.ts');
  const { containers, rules, send } = await deliveryParts();
  const count = await inFlight(
    (signal) => handOnForgotten(containers.predictions, rules, send, signal),
    LONGEST_RUN_MS,
  );
  if (count > 0) context.info(`Handed on again: ${count} that nobody was told of.`);
}

const schedule = loaded.settings?.reconcileSchedule;
if (schedule) app.timer('reconcile', { schedule, handler: reconcile });
