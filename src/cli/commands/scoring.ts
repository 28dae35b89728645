import { Command, Option } from 'commander';
import { count, date, iteration, PRICE, price } from './arguments.ts';

/** A command that scores pictures of the container, and asks before it pays. */
export const scoringCommand = (name: string): Command =>
  new Command(name)
    .option('--prefix <text>', 'only pictures whose name begins like this')
    .option('--dry-run', 'only tell which pictures it would be')
    .option('--yes', 'do not ask before paying')
    .option('--json', 'one JSON object a line on standard output')
    .addOption(new Option('--concurrency <number>', 'pictures at the same time').argParser(count).default(8))
    .addOption(
      new Option('--price <number>', 'price of 1,000 predictions, for the estimate')
        .argParser(price)
        .default(PRICE),
    );

export const backfillCommand = (): Command =>
  scoringCommand('backfill')
    .description('score the pictures that have no current document')
    .addOption(new Option('--since <date>', 'only pictures changed since').argParser(date))
    .option('--model <name>', 'only pictures that go to this model')
    .addOption(
      new Option(
        '--iteration <id>',
        'also pictures whose document is of another iteration of the model; current: the one that answers now',
      ).argParser(iteration),
    )
    .addHelpText(
      'after',
      `
It tells what that costs and asks first; without a terminal it takes --yes. A new iteration under the same published
name makes no document old by itself: --iteration scores those of another one anew by this model alone, and those that do
not tell theirs. Which iteration answers is asked with one paid call. Failed ones are left to retry.

Examples:
  $ keyless backfill --dry-run --prefix orchard/
  $ keyless backfill --since 2026-11-01 --concurrency 16
  $ keyless backfill --model apples --yes --json > scored.jsonl
  $ keyless backfill --model apples --iteration current --dry-run`,
    )
    .action(async (options) => {
      const { backfill } = await import('../backfill.ts');
      process.exitCode = await backfill(options);
    });

export const retryCommand = (): Command =>
  scoringCommand('retry')
    .description('score the pictures again whose document is a failed one')
    .option('--code <code>', 'only those that failed with this code')
    .option('--notifications', 'score nothing: tell those of NOTIFY who were not told yet, or were given up')
    .addHelpText(
      'after',
      `
It tells what that costs and asks first; without a terminal it takes --yes.

Examples:
  $ keyless retry --dry-run
  $ keyless retry --code ModelNotPublished --prefix orchard/
  $ keyless retry --notifications --code TargetRoleMissing`,
    )
    .action(async (options) => {
      const { retry } = await import('../retry.ts');
      process.exitCode = await retry(options);
    });
