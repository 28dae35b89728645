import type { Command } from 'commander';
import { scoringCommand } from './scoring.ts';

export const retryCommand = (): Command =>
  scoringCommand('retry')
    .description('score the pictures again whose document is a failed one')
    .option('--code <code>', 'only those that failed with this code')
    .addHelpText(
      'after',
      `
Examples:
  $ keyless retry --dry-run
  $ keyless retry --code ModelNotPublished --prefix orchard/`,
    )
    .action(async (options) => {
      const { retry } = await import('../retry.ts');
      process.exitCode = await retry(options);
    });
