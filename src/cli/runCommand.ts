import { CommanderError } from 'commander';
import { exitCodeOf, explain } from './faults.ts';
import { createProgram } from './program.ts';

/** Runs what was typed; the exit code is process.exitCode, nothing is thrown. */
export async function runCommand(args: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2; // it has spoken already
    } else {
      console.error(explain(error));
      process.exitCode = exitCodeOf(error);
    }
  }
}
