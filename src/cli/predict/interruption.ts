/**
 * Ctrl-C and SIGTERM as a signal for what is under way; whoever listens ends with 130. A second Ctrl-C ends the process
 * at once.
 */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    process.once('SIGINT', () => process.exit(130));
    interrupted.abort();
  });
  process.once('SIGTERM', () => interrupted.abort());
  return interrupted.signal;
}
