/**
 * Ends the process with 1 where standard output cannot be written: in silence where its reader is gone, as `head` soon
 * is, and with a word where, say, a disk is full.
 */
export function endWhereUnwritable(): void {
  process.stderr.on('error', () => {}); // nobody is left to be told
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') console.error(`Standard output cannot be written (${code ?? message}).`);
    process.exit(1);
  });
}
