import { Command, Option } from 'commander';
import type { PrincipalChoice } from '../azure/principal.ts';
import { objectId, type ResourceId, resourceId, userIdentityId } from '../azure/resourceId.ts';
import { type AzureRole, ROLE_TARGETS, type RoleKind, roleFor, scopeFor } from '../grant/roles.ts';

export function grantCommand(): Command {
  const grant = new Command('grant')
    .description('give an identity the role it needs, and nothing more')
    .addHelpText(
      'after',
      `
Examples:
  $ keyless grant vision --scope <prediction account id> --app <function app id>
  $ keyless grant storage --scope <storage account id> --app <function app id> --user <identity resource id>
  $ keyless grant mail --scope <communication service id> --principal <object id> --dry-run
  $ keyless grant app-role --api api://<client id> --role Images.Predict --app <caller's resource id>`,
    );
  return addKinds(
    grant,
    async (kind, role, options) => {
      const { grantRole } = await import('../grant/roleGrants.ts');
      return grantRole(kind, role, options);
    },
    async (options) => {
      const { grantAppRole } = await import('../grant/appRoleGrants.ts');
      return grantAppRole(options);
    },
  );
}

export function revokeCommand(): Command {
  const revoke = new Command('revoke').description('take away what grant gave').addHelpText(
    'after',
    `
Examples:
  $ keyless revoke vision --scope <prediction account id> --app <function app id>
  $ keyless revoke app-role --api api://<client id> --role Images.Predict --principal <object id>`,
  );
  return addKinds(
    revoke,
    async (_kind, role, options) => {
      const { revokeRole } = await import('../grant/roleGrants.ts');
      return revokeRole(role, options);
    },
    async (options) => {
      const { revokeAppRole } = await import('../grant/appRoleGrants.ts');
      return revokeAppRole(options);
    },
  );
}

export type RoleOptions = PrincipalChoice & { scope: ResourceId; dryRun?: boolean };
export type AppRoleOptions = PrincipalChoice & { api: string; role: string; dryRun?: boolean };

type Perform = (kind: RoleKind, role: AzureRole, options: RoleOptions) => Promise<number>;
type PerformAppRole = (options: AppRoleOptions) => Promise<number>;

/** The commands below a verb: `perform` is given the Azure role and what was typed. */
export function addKinds(verb: Command, perform: Perform, performAppRole: PerformAppRole): Command {
  return verb
    .addCommand(roleCommand('vision', 'predict with Custom Vision', perform))
    .addCommand(roleCommand('storage', 'the pictures and documents', perform))
    .addCommand(roleCommand('queue', 'the queues of the blob trigger', perform))
    .addCommand(roleCommand('topic', 'publish to an Event Grid topic', perform))
    .addCommand(roleCommand('mail', 'send mail', perform))
    .addCommand(appRoleCommand('call a protected API', performAppRole));
}

function roleCommand(kind: RoleKind, description: string, perform: Perform): Command {
  const { roles } = ROLE_TARGETS[kind];
  const command = withPrincipal(
    new Command(kind)
      .description(`${roles[0].name}: ${description}`)
      .addOption(
        new Option('--scope <resource id>', 'of the resource, or of one in it')
          .argParser((text) => scopeFor(kind, text))
          .makeOptionMandatory(),
      ),
  );
  command.addHelpText('after', examples(`--scope /subscriptions/…/${ROLE_TARGETS[kind].example}`));
  if (roles.length > 1) command.option('--role <name>', 'by its name', roles[0].name);
  return command.action(async ({ role, ...options }: RoleOptions & { role?: string }) => {
    process.exitCode = await perform(kind, roleFor(kind, role), options);
  });
}

function appRoleCommand(description: string, perform: PerformAppRole): Command {
  return withPrincipal(
    new Command('app-role')
      .description(description)
      .requiredOption('--api <id, URI or name>', 'of the API: its client id, App ID URI or display name')
      .requiredOption('--role <value>', 'of the app role, such as Images.Predict')
      .addHelpText('after', examples('--api api://<client id> --role Images.Predict')),
  ).action(async (options: AppRoleOptions) => {
    process.exitCode = await perform(options);
  });
}

/** The verb is the command that this one stands below. */
const examples =
  (target: string) =>
  ({ command }: { command: Command }): string => {
    const typed = `  $ keyless ${command.parent?.name()} ${command.name()} ${target}`;
    return `\nExamples:\n${typed} --app <function app id>\n${typed} --principal <object id> --dry-run`;
  };

const withPrincipal = (command: Command): Command =>
  command
    .addOption(new Option('--principal <object id>', 'whose role it is, by object id').argParser(objectId))
    .addOption(
      new Option(
        '--app <resource id>',
        'whose role it is: the system-assigned identity of this resource',
      ).argParser(resourceId),
    )
    .addOption(
      new Option('--user <identity resource id>', 'with --app: this user-assigned identity of it').argParser(
        userIdentityId,
      ),
    )
    .option('--dry-run', 'only tell what it would be');
