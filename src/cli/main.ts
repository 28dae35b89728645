import { Command, InvalidArgumentError, Option } from 'commander';
import { applyLocalSettings } from './localSettings.ts';

/** `npm run keyless -- <command>`; exit codes: 0 all well, 1 some pictures failed, 2 it could not be done, 130 interrupted. */
const program = new Command('keyless')
  .description('Keyless Vision from the command line')
  .option('--settings <file>', 'settings as func start reads them', 'local.settings.json');

const positive = (text: string): number => {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('expected a number above 0');
  return number;
};
const date = (text: string): Date => {
  const parsed = new Date(text);
  if (Number.isNaN(parsed.getTime()))
    throw new InvalidArgumentError('expected a date such as 2026-11-01 or 2026-11-01T08:00:00Z');
  return parsed;
};
const common = (command: Command): Command =>
  command
    .option('--prefix <text>', 'only pictures whose name begins like this')
    .option('--dry-run', 'only tell which pictures it would be')
    .option('--json', 'one JSON object a line on standard output')
    .addOption(
      new Option('--concurrency <number>', 'pictures at the same time').argParser(positive).default(8),
    )
    .addOption(
      new Option('--price <number>', 'price of 1,000 predictions, for the estimate')
        .argParser(positive)
        .default(2),
    );

common(program.command('backfill'))
  .description('score the pictures that have no current document')
  .addOption(new Option('--since <date>', 'only pictures changed since').argParser(date))
  .option('--model <name>', 'only pictures that go to this model')
  .action(async (options) => {
    const { backfill } = await import('./backfill.ts');
    process.exitCode = await backfill(options);
  });

common(program.command('retry'))
  .description('score the pictures again whose document is a failed one')
  .option('--code <code>', 'only those that failed with this code')
  .action(async (options) => {
    const { retry } = await import('./retry.ts');
    process.exitCode = await retry(options);
  });

program.hook('preAction', (command) => applyLocalSettings(String(command.opts().settings)));

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof Error && 'fix' in error) console.error(`Fix: ${String(error.fix)}`);
  process.exitCode = 2;
}
