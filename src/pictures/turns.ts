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
