import { refuseTooLarge } from '../pictures/limits.ts';
import type { Model } from '../settings/settings.ts';
import type { Containers } from '../storage/containers.ts';
import { type DroppedPicture, readPicture } from '../storage/droppedPicture.ts';
import type { Memory } from './admission.ts';
import { type FittedImage, fitImage } from './fitImage.ts';

/** As long as whoever holds memory may take over its fitting, many times over. */
const LONGEST_WAIT_MS = 120_000;

type Parts = { containers: Pick<Containers, 'images'>; memory: Memory; signal: AbortSignal };

/**
 * A picture of the container, read and made fit for its models, all of it in memory that was admitted; none of that is
 * held any more when it is sent. `changed`: another content came since it was looked at. Rejects with ImageTooLarge
 * before anything is read.
 */
export async function readFitted(
  { containers, memory, signal }: Parts,
  models: readonly Model[],
  picture: DroppedPicture,
  handed?: Buffer,
): Promise<FittedImage | 'changed' | 'gone'> {
  refuseTooLarge(picture.length);
  return memory.hold(picture.length, { signal, longestWaitMs: LONGEST_WAIT_MS }, async ({ grow }) => {
    const bytes = await readPicture(containers.images, picture, handed);
    return typeof bytes === 'string' ? bytes : fitImage(models, { bytes }, grow);
  });
}
