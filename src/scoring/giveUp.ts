import { asKeylessError } from '../errors/errors.ts';
import { forLog, type Log } from '../errors/forLog.ts';
import { describeError } from '../storage/document.ts';
import { type Reason, readKept } from '../storage/kept.ts';
import type { OpenParts } from './attempt.ts';
import { type Filing, fileFailure } from './fileFailure.ts';
import { retryPassing } from './retryPassing.ts';
import { type ScoringParts, scorePicture } from './scorePicture.ts';
import { inFlight } from './shutdown.ts';

/**
 * The end of a picture that failed too often. With a known reason its document says so; where the function never got to
 * say one (the host was killed each time, or could not read the blob), the picture gets the attempt it was denied.
 */
export async function giveUp(open: OpenParts, name: string, log: Log): Promise<void> {
  const { ending, reason } = await inFlight((signal) =>
    retryPassing(async () => settle({ ...(await open()), signal }, name, log), signal),
  );
  if (ending === 'filed') {
    log.error(`${forLog(name)}: given up: ${reason?.code}: ${reason?.detail} Fix: ${reason?.fix}`);
  } else log.info(`${forLog(name)}: given up once, but ${ending}.`);
}

type Settled = { ending: Filing | 'attempted now'; reason?: Reason };
type Parts = ScoringParts & { signal: AbortSignal };

/** Files the last known reason; where there is none of what lies there now, tries the picture first. */
async function settle(parts: Parts, name: string, log: Log): Promise<Settled> {
  const { containers, signal } = parts;
  const known = (await readKept(containers.claims, name))?.fault;
  if (known) {
    const ending = await fileFailure(parts, name, known, signal);
    if (ending !== 'changed') return { ending, reason: known };
  }
  try {
    await retryPassing(() => scorePicture(parts, name), signal);
    return { ending: 'attempted now' };
  } catch (thrown) {
    if (signal.aborted) throw thrown; // not tried to its end: the message comes again
    const error = asKeylessError(thrown);
    log.warn(`${forLog(name)}: ${error.code}: ${error.message}`); // the document may tell less of it
    const reason = (await readKept(containers.claims, name))?.fault ?? describeError(error);
    return { ending: await fileFailure(parts, name, reason, signal), reason };
  }
}
