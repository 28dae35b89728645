import type { ContainerClient } from '@azure/storage-blob';
import * as v from 'valibot';
import type { Rule } from '../settings/settings.ts';
import { readState, writeState } from '../storage/state.ts';

/** `holder`: of the event that is being told · `toldAt`: when the last one was. Milliseconds. */
const schema = v.object({
  holder: v.exactOptional(v.string()),
  since: v.exactOptional(v.number()),
  toldAt: v.exactOptional(v.number()),
});
type Cooldown = v.InferOutput<typeof schema>;

/** A holder that was not heard of for so long has died, or waits for its next try. */
const STALE_MS = 30_000;
const MOST_WRITES = 8;
const nameOf = ({ key }: Rule) => `cooldown/${key}.json`;

/**
 * Whether an event may be told now: `yes`; `passed`, while the rule pauses after another one; `later`, while another one
 * is on its way. Only what was told begins a pause.
 */
export async function mayTell(
  container: ContainerClient,
  rule: Rule,
  id: string,
  now: number,
): Promise<'yes' | 'passed' | 'later'> {
  const { cooldownMs } = rule;
  if (cooldownMs === undefined) return 'yes';
  for (let writes = 0; writes < MOST_WRITES; writes += 1) {
    const { value, etag } = await readState(container, nameOf(rule), schema, {});
    const { holder, since = 0, toldAt } = value;
    if (toldAt !== undefined && now - toldAt < cooldownMs && holder !== id) return 'passed';
    if (holder !== undefined && holder !== id && now - since < STALE_MS) return 'later';
    const next: Cooldown = { ...value, holder: id, since: now };
    if (await writeState(container, nameOf(rule), next, etag)) return 'yes';
  }
  return 'later';
}

/** An event that held the rule was told, or failed: the pause begins, or the next one may try. */
export async function endTurn(
  container: ContainerClient,
  rule: Rule,
  id: string,
  told: boolean,
  now: number,
): Promise<void> {
  if (rule.cooldownMs === undefined) return;
  const { value, etag } = await readState(container, nameOf(rule), schema, {});
  if (value.holder !== id) return;
  const { toldAt } = value;
  const next: Cooldown = told ? { toldAt: now } : { ...(toldAt !== undefined && { toldAt }) };
  await writeState(container, nameOf(rule), next, etag); // where another wrote meanwhile, it was the next holder
}
