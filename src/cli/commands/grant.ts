import { Command } from 'commander';
import { type AppRoleOptions, appRoleCommand, type RoleOptions, roleCommand } from '../grant/command.ts';
import type { AzureRole, RoleKind } from '../grant/roles.ts';

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
  const perform = async (kind: RoleKind, role: AzureRole, options: RoleOptions) => {
    const { grantRole } = await import('../grant/grantRole.ts');
    return grantRole(kind, role, options);
  };
  grant.addCommand(roleCommand('vision', 'predict with Custom Vision', perform));
  grant.addCommand(roleCommand('storage', 'the pictures and documents', perform));
  grant.addCommand(roleCommand('queue', 'the queues of the blob trigger', perform));
  grant.addCommand(roleCommand('mail', 'send mail', perform));
  grant.addCommand(
    appRoleCommand('call a protected API', async (options: AppRoleOptions) => {
      const { grantAppRole } = await import('../grant/appRoleGrants.ts');
      return grantAppRole(options);
    }),
  );
  return grant;
}
