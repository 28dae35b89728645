import { asKeylessError } from '../errors/errors.ts';
import { readKept } from '../storage/kept.ts';
import { fileFailure } from './fileFailure.ts';
import { type Outcome, type ScoringOptions, type ScoringParts, scorePicture } from './scorePicture.ts';

/** As often as the platform tries a picture: poisonBlobThreshold in host.json. */
export const MOST_ATTEMPTS = 5;

/** `failed`: with a failed document. `left`: to be tried again. */
export type Ending = { kind: Outcome['kind'] | 'failed' | 'left'; code?: string; detail?: string };

/**
 * Scores a picture for whom no platform counts attempts, by the clock or by hand. What failed for the fifth time, here or
 * there, gets its failed document. Never rejects.
 */
export async function scoreOrFile(
  parts: ScoringParts,
  name: string,
  options: ScoringOptions = {},
): Promise<Ending> {
  try {
    const outcome = await scorePicture(parts, name, options);
    if (outcome.kind === 'blocked') return { kind: 'blocked', ...told(outcome.error) };
    if (outcome.kind !== 'written' || !outcome.document.error) return { kind: outcome.kind };
    const { code, detail } = outcome.document.error;
    return { kind: 'failed', code, detail };
  } catch (thrown) {
    const fault = asKeylessError(thrown);
    // where not even that can be written, the fault at hand tells more
    const isFiled = await fileAtLast(parts, name).catch(() => false);
    return { kind: isFiled ? 'failed' : 'left', ...told(fault) };
  }
}

const told = ({ code, message }: { code: string; message: string }) => ({ code, detail: message });

async function fileAtLast(parts: ScoringParts, name: string): Promise<boolean> {
  const { containers, signal } = parts;
  if (signal?.aborted) return false; // not tried to its end
  const kept = await readKept(containers.claims, name);
  if (!kept?.fault || kept.attempts < MOST_ATTEMPTS) return false;
  return (await fileFailure(parts, name, kept.fault, signal)) === 'filed';
}
