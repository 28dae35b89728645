import { Command } from 'commander';
import { type AppRoleOptions, appRoleCommand, type RoleOptions, roleCommand } from '../grant/command.ts';
import type { AzureRole, RoleKind } from '../grant/roles.ts';

export function revokeCommand(): Command {
  const revoke = new Command('revoke').description('take away what grant gave').addHelpText(
    'after',
    `
Examples:
  $ keyless revoke vision --scope <prediction account id> --app <function app id>
  $ keyless revoke app-role --api api://<client id> --role Images.Predict --principal <object id>`,
  );
  const perform = async (_kind: RoleKind, role: AzureRole, options: RoleOptions) => {
    const { revokeRole } = await import('../grant/revokeRole.ts');
    return revokeRole(role, options);
  };
  revoke.addCommand(roleCommand('vision', 'predict with Custom Vision', perform));
  revoke.addCommand(roleCommand('storage', 'the pictures and documents', perform));
  revoke.addCommand(roleCommand('queue', 'the queues of the blob trigger', perform));
  revoke.addCommand(roleCommand('mail', 'send mail', perform));
  revoke.addCommand(
    appRoleCommand('call a protected API', async (options: AppRoleOptions) => {
      const { revokeAppRole } = await import('../grant/appRoleGrants.ts');
      return revokeAppRole(options);
    }),
  );
  return revoke;
}
