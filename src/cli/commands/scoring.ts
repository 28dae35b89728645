import { Command, Option } from 'commander';
import { count, price } from './arguments.ts';

/** A command that scores pictures of the container: what they have in common. */
export const scoringCommand = (name: string): Command =>
  new Command(name)
    .option('--prefix <text>', 'only pictures whose name begins like this')
    .option('--dry-run', 'only tell which pictures it would be')
    .option('--json', 'one JSON object a line on standard output')
    .addOption(new Option('--concurrency <number>', 'pictures at the same time').argParser(count).default(8))
    .addOption(
      new Option('--price <number>', 'price of 1,000 predictions, for the estimate')
        .argParser(price)
        .default(2),
    );
