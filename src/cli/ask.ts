import { createInterface } from 'node:readline/promises';
import { UsageError } from './faults.ts';

type Terminal = { input: NodeJS.ReadableStream & { isTTY?: boolean }; output: NodeJS.WritableStream };

/** Only yes or y is a yes; Ctrl-C and the end of input interrupt. Throws UsageError where nobody can answer: no terminal. */
export async function ask(
  question: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<'yes' | 'no' | 'interrupted'> {
  if (!input.isTTY) {
    throw new UsageError(
      `${question} Nobody can answer: this is not a terminal. Nothing was changed.`,
      'The same command with --yes.',
    );
  }
  const lines = createInterface({ input, output, terminal: true });
  const gone = new AbortController();
  lines.once('close', () => gone.abort());
  try {
    const answer = await lines.question(`${question} Type yes to go on: `, { signal: gone.signal });
    return /^y(es)?$/iu.test(answer.trim()) ? 'yes' : 'no';
  } catch (error) {
    if (!gone.signal.aborted) throw error;
    output.write('\n');
    return 'interrupted';
  } finally {
    lines.close();
  }
}
