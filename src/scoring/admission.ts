import { availableParallelism, totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';
import { KeylessError } from '../errors/errors.ts';
import { inTime } from '../outbound/inTime.ts';

const MIB = 1024 * 1024;
/** Of the instance’s memory; the rest is for the host, Node and the bytes that the host hands over. */
const SHARE = 1 / 4;
/** One large picture after the other needs no more. */
const MOST = 512 * MIB;
/** A processor is left to the event loop, and to whoever has a small picture: those are decoded side by side with the large. */
const DECODERS = Math.max(1, availableParallelism() - 1);
/** May be held by files of which nobody knows yet what decoding them takes: the rest is always enough for one of them. */
const UNDECIDED_SHARE = 1 / 4;
/** What is small may pass others; of the memory for files so much is left to it. */
const SMALL_BYTES = 4 * MIB;
const FOR_SMALL_SHARE = 1 / 4;
/** A small file that takes no more is decoded in milliseconds, as most pictures are that go as they came. */
const SMALL_DECODING_BYTES = 32 * MIB;
/** Whoever has waited so long is not passed by large ones any more. */
const PASSED_MS = 2_000;
const COME_BACK_SECONDS = 5;
/** What models may take of it, all of them together. */
const LENT_SHARE = 1 / 2;

/** Bytes of a file that were admitted. */
export type Held = {
  /**
   * Waits, once, for what decoding the file takes besides. Rejects with ImageTooManyPixels where this instance never has
   * so much, and as `hold` does.
   */
  grow(bytes: number): Promise<void>;
};

export type Patience = { signal?: AbortSignal; longestWaitMs: number };

export type Memory = {
  /** Bytes that are held now. */
  readonly used: number;
  /**
   * Runs the work as soon as so many bytes are free; they are free again when it ends. Rejects with MemoryBusy when the
   * wait gets too long or the signal ends it.
   */
  hold<T>(bytes: number, patience: Patience, work: (held: Held) => Promise<T>): Promise<T>;
  /**
   * Takes bytes for something that stays, as a model does, until what it resolves with is called: so much less is left for
   * pictures. Rejects with ExportTooLarge where that would be more than half of all, and with MemoryBusy as `hold` does.
   */
  lend(bytes: number, patience: Patience): Promise<() => void>;
};

/** What this process gives to pictures, in bytes: by the memory of its container, or of the machine. */
export const memoryForPictures = (): number =>
  Math.min(MOST, SHARE * Math.min(totalmem(), constrainedMemory() || Number.POSITIVE_INFINITY));

/**
 * The memory of one process for pictures: a semaphore weighted in bytes, for request bodies, dropped pictures, queue
 * deliveries and drawings alike. Files are held first, then what decoding them takes; since the undecided fill a quarter
 * at most, one of them can always go on, and none waits for another in a circle. Only so many are decoded at a time as
 * there are processors for it; of small ones, which take milliseconds, one more.
 */
export function createMemory(capacity: number, decoders: number = DECODERS): Memory {
  let lent = 0;
  const mostUndecided = () => (capacity - lent) * UNDECIDED_SHARE;
  const mostGrowth = () => (capacity - lent) * (1 - UNDECIDED_SHARE);
  let used = 0;
  let undecided = 0;
  const decoding = { small: 0, large: 0 };
  type Waiter = {
    bytes: number;
    grows: boolean;
    small: boolean;
    since: number;
    hasTurn(): boolean;
    hasRoom(): boolean;
    enter(): void;
  };
  const waiters = new Set<Waiter>();

  function serve(): void {
    let [closed, starving] = [false, false];
    // who holds a file already comes first, and never waits behind one who holds nothing yet
    for (const waiter of [...waiters].toSorted((a, b) => Number(b.grows) - Number(a.grows))) {
      if ((closed && !waiter.small) || (starving && waiter.grows)) continue;
      if (waiter.hasTurn() && waiter.hasRoom()) {
        waiters.delete(waiter);
        waiter.enter();
      } else if (performance.now() - waiter.since > PASSED_MS) {
        closed = true;
        starving ||= waiter.grows && waiter.hasTurn();
      }
    }
  }

  async function admit(
    wanted: Omit<Waiter, 'since' | 'enter'>,
    patience: Patience,
    take: () => void,
  ): Promise<void> {
    const { bytes } = wanted;
    const { longestWaitMs, signal } = patience;
    if (signal?.aborted) throw busy(bytes, signal.reason);
    const entered = Promise.withResolvers<void>();
    let inside = false;
    const enter = () => {
      inside = true;
      take();
      entered.resolve();
    };
    const waiter: Waiter = { ...wanted, since: performance.now(), enter };
    waiters.add(waiter);
    serve();
    if (inside) return; // nearly all need not wait, and no clock is set for them
    const waiting = (end: AbortSignal) => {
      const leave = () => {
        waiters.delete(waiter);
        entered.reject(busy(bytes, end.reason));
      };
      end.addEventListener('abort', leave, { once: true });
      return entered.promise;
    };
    await inTime(longestWaitMs, waiting, signal);
  }

  const busy = (bytes: number, cause: unknown): KeylessError =>
    new KeylessError(
      'MemoryBusy',
      `A picture waited in vain for ${mebibytes(bytes)}; ${mebibytes(used)} of ${mebibytes(capacity)} are in use, and ${waiters.size} others wait.`,
      { cause, retryAfterSeconds: COME_BACK_SECONDS },
    );

  return {
    async lend(bytes, patience) {
      const most = capacity * LENT_SHARE - lent;
      if (bytes > most) throw modelTooLarge(bytes, Math.max(0, most));
      const entry = {
        ...{ bytes, grows: true, small: false },
        hasTurn: () => true,
        hasRoom: () => used + lent + bytes <= capacity,
      };
      await admit(entry, patience, () => {
        lent += bytes;
      });
      let open = true;
      return () => {
        if (open) lent -= bytes;
        open = false;
        serve();
      };
    },
    get used() {
      return used;
    },
    async hold(bytes, patience, work) {
      const file = Math.min(bytes, mostUndecided());
      const room = () => (file > SMALL_BYTES ? mostUndecided() * (1 - FOR_SMALL_SHARE) : mostUndecided());
      let [held, open] = [file, file];
      let decodes: keyof typeof decoding | undefined;
      const settle = () => {
        undecided -= open;
        open = 0;
      };
      const entry = {
        ...{ bytes: file, grows: false, small: file <= SMALL_BYTES },
        hasTurn: () => true,
        hasRoom: () => (undecided === 0 || undecided + file <= room()) && used + lent + file <= capacity,
      };
      await admit(entry, patience, () => {
        used += file;
        undecided += file;
      });
      const grow = async (more: number): Promise<void> => {
        if (more > mostGrowth()) throw tooLarge(more, mostGrowth());
        const small = file <= SMALL_BYTES && more <= SMALL_DECODING_BYTES;
        const kind = small ? 'small' : 'large';
        const growth = {
          ...{ bytes: more, grows: true, small },
          hasTurn: () => decoding[kind] < (small ? decoders + 1 : decoders),
          hasRoom: () => used + lent + more <= capacity,
        };
        await admit(growth, patience, () => {
          used += more;
          held += more;
          decoding[kind] += 1;
          decodes = kind;
          settle();
        });
      };
      try {
        return await work({ grow });
      } finally {
        settle();
        used -= held;
        if (decodes) decoding[decodes] -= 1;
        serve();
      }
    },
  };
}

const tooLarge = (bytes: number, most: number): KeylessError =>
  new KeylessError(
    'ImageTooManyPixels',
    `Expected a picture that takes at most ${mebibytes(most)} of memory when it is decoded, got one that takes ${mebibytes(bytes)}.`,
    {
      fix: 'Scale the picture down, or save it as a JPEG of 8 bits; or run the app on instances with more memory.',
    },
  );

const modelTooLarge = (bytes: number, most: number): KeylessError =>
  new KeylessError(
    'ExportTooLarge',
    `A model takes ${mebibytes(bytes)} as long as it is loaded; this instance has ${mebibytes(most)} left for models.`,
  );

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / MIB).toLocaleString('en')} MiB`;
