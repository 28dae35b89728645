import { setImmediate as nextTurn } from 'node:timers/promises';

const SLICE_MS = 3;

export type Turn = () => Promise<void>;

/** For a loop that may be long: called now and then, it gives others their turn of the event loop every few milliseconds. */
export function takingTurns(): Turn {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE_MS) return;
    await nextTurn();
    since = performance.now();
  };
}

/**
 * The bytes that a stream gives, in memory of their own, for which `length` was told. A large picture comes so fast that
 * several would take the event loop for themselves. Rejects where more or fewer come.
 */
export async function readInTurns(stream: AsyncIterable<Uint8Array>, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const turn = takingTurns();
  let at = 0;
  for await (const chunk of stream) {
    bytes.set(chunk, at);
    at += chunk.length;
    await turn();
  }
  if (at < length) throw new Error(`The stream ended early: ${at} of ${length} bytes came.`);
  return bytes;
}
