import { createInterface } from 'node:readline/promises';
import { UsageError } from './faults.ts';

type Terminal = {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
};
const TERMINAL: Terminal = { input: process.stdin, output: process.stderr };

export type Question = {
  question: string;
  /** What holds where the answer is no, such as `Nothing was paid.` */
  otherwise: string;
  /** Answered beforehand: --yes. */
  yes?: boolean | undefined;
  /** Takes the question back, which then ends as with Ctrl-C. */
  signal?: AbortSignal;
};

/**
 * Asks before what costs something or cannot be taken back. Resolves with undefined to go on, else with the exit code:
 * 1 where the answer was none of yes and y, 130 after Ctrl-C or the end of input. Throws UsageError where nobody can
 * answer.
 */
export async function askFirst(asked: Question, terminal: Terminal = TERMINAL): Promise<undefined | 1 | 130> {
  checkAnswerable(asked, terminal);
  if (asked.yes) return undefined;
  const answer = await answerTo(asked, terminal);
  if (answer === 'yes') return undefined;
  terminal.output.write(`${asked.otherwise}\n`);
  return answer === 'no' ? 1 : 130;
}

/** Throws UsageError where the question would have to be asked and nobody could see or answer it. */
export function checkAnswerable({ question, otherwise, yes }: Question, terminal: Terminal = TERMINAL): void {
  if (yes || (terminal.input.isTTY && terminal.output.isTTY)) return;
  throw new UsageError(
    `${question} Nobody can answer: this is not a terminal. ${otherwise}`,
    'The same command with --yes.',
  );
}

async function answerTo({ question, signal }: Question, { input, output }: Terminal) {
  const lines = createInterface({ input, output, terminal: true });
  const gone = new AbortController();
  lines.once('close', () => gone.abort());
  const taken = signal ? AbortSignal.any([gone.signal, signal]) : gone.signal;
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: taken });
    return /^y(es)?$/iu.test(answer.trim()) ? 'yes' : 'no';
  } catch (error) {
    if (!taken.aborted) throw error;
    output.write('\n');
    return 'interrupted';
  } finally {
    lines.close();
  }
}
