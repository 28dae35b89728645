/**
 * Waits, telling the whole seconds that are left, at once and each second.
 * @param {number} seconds
 * @param {(left: number) => void} onTick
 * @param {AbortSignal} signal ends the wait; the promise is then rejected with its reason
 * @returns {Promise<void>}
 */
export function countDown(seconds, onTick, signal) {
  return new Promise((resolve, reject) => {
    const end = performance.now() + seconds * 1000;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const tick = () => {
      const left = end - performance.now();
      if (left <= 0) {
        signal.removeEventListener('abort', stop);
        resolve();
        return;
      }
      onTick(Math.ceil(left / 1000));
      timer = setTimeout(tick, left % 1000 || 1000);
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    tick();
  });
}
