import { Command, Option } from 'commander';
import { EXAMPLE_GROUP, type ResourceId, resourceId, sameText } from '../azure/resourceId.ts';
import { UsageError } from '../faults.ts';

export type IntegrationOptions = {
  account: ResourceId;
  container?: ResourceId;
  queue?: ResourceId;
  endpoint?: string;
  dryRun?: boolean;
};

const ACCOUNT = 'Microsoft.CognitiveServices/accounts';
const CONTAINER = 'Microsoft.Storage/storageAccounts/blobServices/containers';
const QUEUE = 'Microsoft.Storage/storageAccounts/queueServices/queues';
const LIKE: Readonly<Record<string, string>> = {
  [ACCOUNT]: `${ACCOUNT}/<training account>`,
  [CONTAINER]: 'Microsoft.Storage/storageAccounts/<account>/blobServices/default/containers/<container>',
  [QUEUE]: 'Microsoft.Storage/storageAccounts/<account>/queueServices/default/queues/<queue>',
};

const ofType =
  (type: string) =>
  (text: string): ResourceId => {
    const id = resourceId(text);
    if (sameText(id.type, type)) return id;
    throw new UsageError(
      `'${text}' is a ${id.type}, not a ${type}.`,
      `Such an id looks like ${EXAMPLE_GROUP}/${LIKE[type]}`,
    );
  };

const ENDPOINT = [
  '--endpoint <url>',
  'the training account; else the setting VISION_TRAINING_ENDPOINT',
] as const;

export function storageIntegrationCommand(): Command {
  const integration = new Command('storage-integration')
    .description('have a project’s exports, and notices of them, arrive in your own storage')
    .addHelpText(
      'after',
      `
Examples:
  $ keyless storage-integration show orchard
  $ keyless storage-integration set orchard --account <training account id> --container <container id>
  $ keyless storage-integration clear orchard`,
    );
  integration
    .command('show')
    .description('where they go')
    .argument('<project>', 'by its name or id')
    .option(...ENDPOINT)
    .option('--json', 'one JSON object on standard output')
    .addHelpText('after', '\nExamples:\n  $ keyless storage-integration show orchard --json')
    .action(async (project, options) => {
      const { showIntegration } = await import('../storageIntegration/show.ts');
      process.exitCode = await showIntegration(project, options);
    });
  integration
    .command('set')
    .description('where they are to go; the training account’s own identity is given the roles')
    .argument('<project>', 'by its name or id')
    .addOption(
      new Option('--account <resource id>', 'the training account')
        .argParser(ofType(ACCOUNT))
        .makeOptionMandatory(),
    )
    .addOption(new Option('--container <resource id>', 'for exports').argParser(ofType(CONTAINER)))
    .addOption(new Option('--queue <resource id>', 'for notices').argParser(ofType(QUEUE)))
    .option('--endpoint <url>', 'the training account’s address; else as Azure tells it')
    .option('--dry-run', 'only tell what it would be')
    .addHelpText(
      'after',
      `
The training account is given a system-assigned identity where it has none, and this Storage Blob Data Contributor at the
container and Storage Queue Data Contributor at the queue. What is not named stays. It takes the operator’s sign-in
(az login) for the roles, and Cognitive Services Custom Vision Trainer of this identity for the project.

Examples:
  $ keyless storage-integration set orchard --account <training account id> --container <container id>
  $ keyless storage-integration set orchard --account <id> --container <id> --queue <queue id> --dry-run`,
    )
    .action(async (project, options) => {
      const { setIntegration } = await import('../storageIntegration/set.ts');
      process.exitCode = await setIntegration(project, options);
    });
  integration
    .command('clear')
    .description('nowhere again')
    .argument('<project>', 'by its name or id')
    .option(...ENDPOINT)
    .addHelpText('after', '\nExamples:\n  $ keyless storage-integration clear orchard')
    .action(async (project, options) => {
      const { clearIntegration } = await import('../storageIntegration/show.ts');
      process.exitCode = await clearIntegration(project, options);
    });
  return integration;
}
