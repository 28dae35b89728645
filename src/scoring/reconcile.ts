import type { Log } from '../errors/forLog.ts';
import { forLog } from '../errors/forLog.ts';
import { readCursor, writeCursor } from '../storage/reconcileCursor.ts';
import { type Ending, scoreOrFile } from './scoreOrFile.ts';
import type { ScoringParts } from './scorePicture.ts';
import { missing } from './selection.ts';

/** A small step a run: events come first, and the next run goes on. */
const MOST_PICTURES = 100;

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
  const everyName = () => true;
  const turns =
    start === '' ? [everyName] : [(name: string) => name > start, (name: string) => name <= start];
  for (const isDue of turns) {
    if (tried === most || signal.aborted) break;
    for await (const { name } of missing(containers, models, { before })) {
      if (!isDue(name)) continue;
      if (tried === most || signal.aborted) break;
      tried += 1;
      last = name;
      count(counts, tell(log, name, await scoreOrFile(parts, name)));
    }
  }
  if (last !== start) await writeCursor(containers.claims, last);
  return counts;
}

function count(counts: Reconciled, kind: Ending['kind']): void {
  if (kind === 'written' || kind === 'failed' || kind === 'left') counts[kind] += 1;
  else if (kind === 'blocked') counts.left += 1;
}

function tell(log: Log, name: string, { kind, code, detail }: Ending): Ending['kind'] {
  const line = `${forLog(name)}: ${kind}${code ? `: ${code}: ${detail}` : '.'}`;
  if (kind === 'failed' || kind === 'blocked') log.error(line);
  else if (kind === 'left') log.warn(line);
  else log.info(line);
  return kind;
}
