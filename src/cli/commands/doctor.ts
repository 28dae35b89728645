import { Command, InvalidArgumentError, Option } from 'commander';

const seconds = (text: string): number => {
  if (/^[1-9]\d{0,3}$/u.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a whole number of seconds from 1 to 9999');
};

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description(
      'follow the chain from the settings to the events, and say what breaks it and what to type next',
    )
    .option('--app <name>', 'judge a deployed function app, read with your own sign-in')
    .option('--resource-group <group>', 'of that app')
    .option('--subscription <id>', 'of that app (default: AZURE_SUBSCRIPTION_ID)')
    .addOption(
      new Option('--probe [seconds]', 'drop a picture, wait for its document, clean up')
        .preset('120')
        .argParser(seconds),
    )
    .option('--no-paid-calls', 'send no picture to any model')
    .option('--verbose', 'also the details of what is fine, and how long each check took')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      `
What it prints holds no secret and may be pasted into an issue. Each model scores one small picture, and the one that
--probe drops goes to the models of its name: paid calls, so few that it does not ask. --no-paid-calls leaves them out.

Examples:
  $ keyless doctor
  $ keyless doctor --probe 60
  $ keyless doctor --no-paid-calls --json > diagnosis.json
  $ keyless doctor --app orchard --resource-group orchard-group`,
    )
    .action(async (options) => {
      const { doctor } = await import('../doctor/doctor.ts');
      process.exitCode = await doctor(options);
    });
