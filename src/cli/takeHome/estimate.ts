import { createDownload } from '../../outbound/ask.ts';
import type { TrainingClient } from '../training/client.ts';
import type { Counts } from './listing.ts';

/** Enough for a size to plan with. */
const LOOKED_AT = 20;
const TIME_MS = 5_000;

/**
 * About how many bytes the pictures have, by what storage tells of some of the oldest; undefined where it tells nothing, as
 * in a virtual network. Rejects with a KeylessError where the service does not answer.
 */
export async function estimateBytes(
  client: TrainingClient,
  projectId: string,
  { tagged, untagged }: Counts,
): Promise<number | undefined> {
  const page = await client.pictures(projectId, tagged > 0 ? 'tagged' : 'untagged', 0);
  const every = Math.max(1, Math.floor(page.length / LOOKED_AT));
  const some = page.filter((_, at) => at % every === 0).slice(0, LOOKED_AT);
  const lengths = await Promise.all(some.map(({ originalImageUri }) => lengthAt(originalImageUri ?? '')));
  const known = lengths.filter((length) => length !== undefined);
  if (known.length === 0) return undefined;
  return Math.round((known.reduce((sum, length) => sum + length, 0) / known.length) * (tagged + untagged));
}

async function lengthAt(address: string): Promise<number | undefined> {
  if (!URL.canParse(address)) return undefined;
  try {
    const question = { method: 'HEAD', signal: AbortSignal.timeout(TIME_MS), mostBytes: 0 } as const;
    const { status, headers } = await createDownload()(address, question);
    return status === 200 ? Number(headers['content-length']) || undefined : undefined;
  } catch {
    return undefined; // a figure less, of many
  }
}
