import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { compareCommand } from './commands/compare.ts';
import { doctorCommand } from './commands/doctor.ts';
import { documentsCommand } from './commands/documents.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { grantCommand, revokeCommand } from './commands/grant.ts';
import { identityCommand } from './commands/identity.ts';
import { modelsCommand } from './commands/models.ts';
import { predictCommand } from './commands/predict.ts';
import { projectsCommand } from './commands/projects.ts';
import { backfillCommand, retryCommand } from './commands/scoring.ts';
import { storageIntegrationCommand } from './commands/storageIntegration.ts';
import { takeHomeCommand } from './commands/takeHome.ts';
import { tokenCommand } from './commands/token.ts';
import { UsageError } from './faults.ts';
import { applyLocalSettings } from './localSettings.ts';

/** `npm run keyless -- <command>`. A command's own file says what it takes; what it does is loaded when it runs. */
export function createProgram(): Command {
  const program = new Command('keyless')
    .description('Keyless Vision from the command line')
    .option('--settings <file>', 'settings as func start reads them', 'local.settings.json')
    .addHelpText(
      'after',
      '\nExit codes: 0 fine, 1 something was found or failed, 2 wrong use, 130 interrupted.',
    )
    .hook('preAction', (command, ran) => {
      refuseEmpty(command);
      refuseEmpty(ran);
      const file = String(command.opts().settings);
      if (command.getOptionValueSource('settings') === 'cli' && !existsSync(file))
        throw new UsageError(
          `--settings: there is no file ${file}.`,
          'Name one that is there, or leave it out.',
        );
      applyLocalSettings(file);
    });
  for (const command of [
    backfillCommand(),
    doctorCommand(),
    retryCommand(),
    predictCommand(),
    compareCommand(),
    evaluateCommand(),
    documentsCommand(),
    modelsCommand(),
    projectsCommand(),
    takeHomeCommand(),
    storageIntegrationCommand(),
    tokenCommand(),
    grantCommand(),
    identityCommand(),
    revokeCommand(),
  ])
    program.addCommand(command);
  endWithCodes(program);
  return program;
}

/** What is meant by `retry --code "$CODE"` is not every picture where that variable is not set. */
function refuseEmpty(command: Command): void {
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (typeof value === 'string' && !value.trim())
      throw new UsageError(
        `${option.long}: expected a value, got an empty text.`,
        'Leave it out, or fill it in.',
      );
  }
}

/** Its own code for a wrong option is 1, which here means that something failed; and it would end the process. */
function endWithCodes(command: Command): void {
  command.exitOverride();
  for (const each of command.commands) endWithCodes(each);
}
