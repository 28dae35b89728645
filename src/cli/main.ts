import { CommanderError } from 'commander';
import { exitCodeOf, explain } from './faults.ts';
import { createProgram } from './program.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2; // it has spoken already
  } else {
    console.error(explain(error));
    process.exitCode = exitCodeOf(error);
  }
}
