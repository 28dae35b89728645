/**
 * Runs tasks in the order they came, at most `limit` at a time.
 * @param {number} limit
 * @returns {(task: () => Promise<void>) => void}
 */
export function createQueue(limit) {
  /** @type {(() => Promise<void>)[]} */
  const waiting = [];
  let running = 0;
  const next = () => {
    if (running >= limit) return;
    const task = waiting.shift();
    if (!task) return;
    running += 1;
    void task().finally(() => {
      running -= 1;
      next();
    });
  };
  return (task) => {
    waiting.push(task);
    next();
  };
}
