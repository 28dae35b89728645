import { asKeylessError } from '../errors/errors.ts';
import { forLog } from '../errors/forLog.ts';
import { readKept } from '../storage/kept.ts';
import { readCursor, writeCursor } from '../storage/reconcileCursor.ts';
import type { Log } from './attempt.ts';
import { fileFailure } from './fileFailure.ts';
import { type ScoringParts, scorePicture } from './scorePicture.ts';
import { missing } from './selection.ts';

/** A small step a run: events come first, and the next run goes on. */
const MOST_PICTURES = 100;
/** As often as the platform tries a picture: poisonBlobThreshold in host.json. */
const MOST_ATTEMPTS = 5;

export type Reconciled = Record<'written' | 'failed' | 'left', number>;

/**
 * Scores pictures that have no current document and are unchanged since `before`, some in a run, in the order of names:
 * each run goes on where the last one ended and begins anew after the last name, so that what fails for now keeps nobody
 * behind it waiting. A picture that failed five times, here or on the platform, gets its failed document.
 */
export async function reconcilePictures(
  parts: ScoringParts & { signal: AbortSignal },
  { before, most = MOST_PICTURES }: { before: Date; most?: number },
  log: Log,
): Promise<Reconciled> {
  const { containers, models, signal } = parts;
  const counts: Reconciled = { written: 0, failed: 0, left: 0 };
  const start = await readCursor(containers.claims);
  let last = start;
  let tried = 0;
  const turns =
    start === '' ? [everyName] : [(name: string) => name > start, (name: string) => name <= start];
  for (const isDue of turns) {
    if (tried === most || signal.aborted) break;
    for await (const { name } of missing(containers, models, { before })) {
      if (!isDue(name)) continue;
      if (tried === most || signal.aborted) break;
      tried += 1;
      last = name;
      const ending = await reconcileOne(parts, name, log);
      if (ending) counts[ending] += 1;
    }
  }
  if (last !== start) await writeCursor(containers.claims, last);
  return counts;
}

const everyName = () => true;

async function reconcileOne(
  parts: ScoringParts & { signal: AbortSignal },
  name: string,
  log: Log,
): Promise<keyof Reconciled | undefined> {
  try {
    const outcome = await scorePicture(parts, name);
    log.info(`${forLog(name)}: ${outcome.kind}.`);
    if (outcome.kind === 'blocked') return 'left';
    if (outcome.kind !== 'written') return undefined;
    return outcome.document.status === 'failed' ? 'failed' : 'written';
  } catch (thrown) {
    const { code, message } = asKeylessError(thrown);
    log.warn(`${forLog(name)}: ${code}: ${message}`);
    return giveUpAfterFive(parts, name, log).catch((fault: unknown): keyof Reconciled => {
      log.warn(`${forLog(name)}: ${asKeylessError(fault).message}`);
      return 'left';
    });
  }
}

async function giveUpAfterFive(
  { containers, models, signal }: ScoringParts & { signal: AbortSignal },
  name: string,
  log: Log,
): Promise<keyof Reconciled> {
  const kept = await readKept(containers.claims, name);
  if (!kept?.fault || kept.attempts < MOST_ATTEMPTS || signal.aborted) {
    log.info(`${forLog(name)}: left to a later run.`);
    return 'left';
  }
  const filing = await fileFailure(containers, models, name, kept.fault, signal);
  log.error(`${forLog(name)}: given up after ${kept.attempts} attempts: ${kept.fault.code}: ${filing}.`);
  return filing === 'filed' ? 'failed' : 'left';
}
