import type { InvocationContext } from '@azure/functions';
import { asKeylessError } from '../errors/errors.ts';
import { scoringParts } from '../functions/app.ts';
import { type Reason, readLastFault } from '../storage/claim.ts';
import { describeError } from '../storage/document.ts';
import { type Filing, fileFailure } from './fileFailure.ts';
import { patiently } from './retryPassing.ts';
import { scorePicture } from './scorePicture.ts';
import { inFlight } from './shutdown.ts';

/**
 * The end of a picture that failed too often. With a known reason its document says so; where the function never got to
 * say one (the host was killed each time, or could not read the blob), the picture gets the attempt it was denied.
 */
export async function giveUp(name: string, context: InvocationContext): Promise<void> {
  const { ending, reason } = await inFlight((signal) => patiently(() => settle(name, signal), signal));
  if (ending === 'filed') {
    context.error(`${name}: given up: ${reason?.code}: ${reason?.detail} Fix: ${reason?.fix}`);
  } else context.info(`${name}: given up once, but ${ending}.`);
}

type Settled = { ending: Filing | 'attempted now'; reason?: Reason };

/** Files the last known reason; where there is none of what lies there now, tries the picture first. */
async function settle(name: string, signal: AbortSignal): Promise<Settled> {
  const parts = await scoringParts();
  const { containers, models } = parts;
  const known = await readLastFault(containers.claims, name);
  if (known) {
    const ending = await fileFailure(containers, models, name, known, signal);
    if (ending !== 'changed') return { ending, reason: known };
  }
  try {
    await patiently(() => scorePicture({ ...parts, signal }, name), signal);
    return { ending: 'attempted now' };
  } catch (thrown) {
    if (signal.aborted) throw thrown; // not tried to its end: the message comes again
    const reason = (await readLastFault(containers.claims, name)) ?? describeError(asKeylessError(thrown));
    return { ending: await fileFailure(containers, models, name, reason, signal), reason };
  }
}
