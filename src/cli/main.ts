import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { applyLocalSettings } from './localSettings.ts';

/** `npm run keyless -- <command>`; exit codes: 0 all well, 1 some pictures failed, 2 it could not be done, 130 interrupted. */
const program = new Command('keyless')
  .description('Keyless Vision from the command line')
  .exitOverride() // its own code for a wrong option is 1, which here means failed pictures
  .option('--settings <file>', 'settings as func start reads them', 'local.settings.json');

const count = (text: string): number => {
  if (/^[1-9]\d{0,2}$/u.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a whole number from 1 to 999');
};
const price = (text: string): number => {
  if (/^\d+(\.\d+)?$/u.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a number such as 2 or 1.6');
};
/** Date itself takes anything: `5` would be a day of May 2001. */
const ISO_DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/u;
const date = (text: string): Date => {
  const parsed = new Date(text);
  if (!ISO_DATE.test(text) || Number.isNaN(parsed.getTime()))
    throw new InvalidArgumentError('expected a date such as 2026-11-01 or 2026-11-01T08:00:00Z');
  return parsed;
};
const common = (command: Command): Command =>
  command
    .option('--prefix <text>', 'only pictures whose name begins like this')
    .option('--dry-run', 'only tell which pictures it would be')
    .option('--json', 'one JSON object a line on standard output')
    .addOption(new Option('--concurrency <number>', 'pictures at the same time').argParser(count).default(8))
    .addOption(
      new Option('--price <number>', 'price of 1,000 predictions, for the estimate')
        .argParser(price)
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
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2; // it has spoken already
  } else {
    console.error(error instanceof Error ? error.message : error);
    if (error instanceof Error && 'fix' in error) console.error(`Fix: ${String(error.fix)}`);
    process.exitCode = 2;
  }
}
