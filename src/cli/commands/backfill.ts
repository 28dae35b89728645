import { type Command, Option } from 'commander';
import { date } from './arguments.ts';
import { scoringCommand } from './scoring.ts';

export const backfillCommand = (): Command =>
  scoringCommand('backfill')
    .description('score the pictures that have no current document')
    .addOption(new Option('--since <date>', 'only pictures changed since').argParser(date))
    .option('--model <name>', 'only pictures that go to this model')
    .addHelpText(
      'after',
      `
Examples:
  $ keyless backfill --dry-run --prefix orchard/
  $ keyless backfill --since 2026-11-01 --concurrency 16
  $ keyless backfill --model apples --json > scored.jsonl`,
    )
    .action(async (options) => {
      const { backfill } = await import('../backfill.ts');
      process.exitCode = await backfill(options);
    });
