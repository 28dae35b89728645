import PQueue from 'p-queue';
import { KeylessError } from '../errors/errors.ts';
import { MAX_BYTES } from '../pictures/limits.ts';

/** A body lies in memory several times over (host, worker, request, picture), so big ones take turns. */
const AT_ONCE = 1;
/** Each takes about a second; whoever would wait half a minute is told to come back. */
const MOST_WAITING = 30;
const COME_BACK_SECONDS = 10;

const queue = new PQueue({ concurrency: AT_ONCE });

/** Runs the work on a request of this announced length: at once, or in its turn where the body is over 4 MB. */
export function inTurnOfBody<T>(announcedBytes: number, work: () => Promise<T>): Promise<T> {
  if (announcedBytes <= MAX_BYTES) return work();
  if (queue.size >= MOST_WAITING) {
    throw new KeylessError('RateLimited', `${queue.size} pictures over 4 MB wait already.`, {
      retryAfterSeconds: COME_BACK_SECONDS,
    });
  }
  return queue.add(work);
}
