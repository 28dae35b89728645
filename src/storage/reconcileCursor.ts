import type { ContainerClient } from '@azure/storage-blob';
import { making } from './containers.ts';
import { statusOf, storageFault } from './faults.ts';
import { metadataValue } from './mark.ts';

/**
 * Where the last run of reconcile ended, a picture's name: metadata of the claims' container itself, where no picture's
 * name can be in the way. Base64, for metadata is ASCII.
 */
const KEY = 'reconciledupto';

/** Empty where there was no run yet. */
export async function readCursor(claims: ContainerClient): Promise<string> {
  try {
    const { metadata } = await claims.getProperties();
    return Buffer.from(metadataValue(metadata, KEY) ?? '', 'base64url').toString('utf8');
  } catch (error) {
    if (statusOf(error) === 404) return '';
    throw storageFault(error, 'Reading where the last run ended');
  }
}

export async function writeCursor(claims: ContainerClient, name: string): Promise<void> {
  try {
    await making(claims, () => claims.setMetadata({ [KEY]: Buffer.from(name).toString('base64url') }));
  } catch (error) {
    throw storageFault(error, 'Noting where this run ended');
  }
}
