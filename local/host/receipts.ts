import type { ContainerClient } from '@azure/storage-blob';
import { statusOf } from '../thrown.ts';

/** Seconds; so long must others wait when a host dies between the two steps below. */
const LEASE_SECONDS = 30;
const INCOMPLETE = 'Incomplete';

/**
 * Announces something once among all hosts on one storage account: a receipt blob says that it was announced, which is
 * queued, not that it was processed. A host that dies after announcing leaves the receipt incomplete, and the next one
 * announces again.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#blob-receipts
 *
 * @returns whether it stands announced; false when another host is just at it
 */
export async function announceOnce(
  receipts: ContainerClient,
  receiptName: string,
  announce: () => Promise<void>,
): Promise<boolean> {
  const receipt = receipts.getBlockBlobClient(receiptName);

  async function read(): Promise<'none' | 'incomplete' | 'complete'> {
    try {
      const { metadata } = await receipt.getProperties();
      const names = Object.keys(metadata ?? {}).map((name) => name.toLowerCase());
      return names.includes(INCOMPLETE.toLowerCase()) ? 'incomplete' : 'complete';
    } catch (error) {
      if (statusOf(error) === 404) return 'none';
      throw error;
    }
  }

  const state = await read();
  if (state === 'complete') return true;
  if (state === 'none')
    await unless([409, 412], () =>
      receipt.upload('', 0, { metadata: { [INCOMPLETE]: INCOMPLETE }, conditions: { ifNoneMatch: '*' } }),
    );
  const lease = receipt.getBlobLeaseClient();
  if (!(await unless([404, 409, 412], () => lease.acquireLease(LEASE_SECONDS)))) return false;
  try {
    if ((await read()) !== 'complete') {
      await announce();
      await receipt.setMetadata({}, { conditions: { leaseId: lease.leaseId } });
    }
    return true;
  } finally {
    await lease.releaseLease().catch(() => undefined); // it ends by itself
  }
}

/** Whether the request went well; these statuses mean that another host was first. */
async function unless(statuses: readonly number[], request: () => Promise<unknown>): Promise<boolean> {
  try {
    await request();
    return true;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return false;
    throw error;
  }
}
