import { createHash } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import * as v from 'valibot';
import type { MailTarget } from '../../settings/notifyTarget.ts';
import { readState, writeState } from '../../storage/state.ts';

/** Tries of a domain, refused ones too: https://learn.microsoft.com/azure/communication-services/concepts/service-limits#rate-limits-for-email */
const LIMITS = { managed: { minute: 5, hour: 10 }, custom: { minute: 30, hour: 100 } } as const;
/** Longer than they are: a try is noted before it is made, and arrives some seconds later. */
const [MINUTE_MS, HOUR_MS] = [75_000, 3_660_000];
const MOST_WRITES = 20;

const schema = v.object({ tries: v.array(v.number()), pausedUntil: v.optional(v.number(), 0) });
type Ledger = v.InferOutput<typeof schema>;
const EMPTY: Ledger = { tries: [], pausedUntil: 0 };

/** One for all rules and hosts that send from a domain of a resource. */
const nameOf = ({ url, from }: MailTarget): string =>
  `mail/${createHash('sha256')
    .update(`${url} ${from.split('@')[1]}`)
    .digest('hex')
    .slice(0, 16)}.json`;

/** Notes a try, where the domain may have one more now. Resolves with the milliseconds to wait; 0: go ahead. */
export async function reserve(container: ContainerClient, target: MailTarget, now: number): Promise<number> {
  for (let writes = 0; writes < MOST_WRITES; writes += 1) {
    const { value, etag } = await readState(container, nameOf(target), schema, EMPTY);
    const tries = value.tries.filter((at) => at > now - HOUR_MS).toSorted((a, b) => a - b);
    const wait = waitFor(target, { ...value, tries }, now);
    if (wait > 0) return wait;
    const next: Ledger = { tries: [...tries, now], pausedUntil: value.pausedUntil };
    if (await writeState(container, nameOf(target), next, etag)) return 0;
  }
  return MINUTE_MS; // many hosts at once: later, when others have sent
}

function waitFor({ domain }: MailTarget, { tries, pausedUntil }: Ledger, now: number): number {
  const limits = LIMITS[domain];
  const windows = [
    [limits.minute, MINUTE_MS],
    [limits.hour, HOUR_MS],
  ] as const;
  const waits = windows.map(([most, ms]) => {
    const oldest = tries.at(-most);
    return oldest === undefined ? 0 : oldest + ms - now;
  });
  return Math.max(0, pausedUntil - now, ...waits);
}

/** After a 429 that asked for it: nobody sends from this domain for so long. */
export async function pauseDomain(
  container: ContainerClient,
  target: MailTarget,
  until: number,
): Promise<void> {
  const { value, etag } = await readState(container, nameOf(target), schema, EMPTY);
  await writeState(container, nameOf(target), { ...value, pausedUntil: until }, etag); // else the next 429 says so again
}
