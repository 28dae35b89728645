import { Command } from 'commander';
import { addKinds } from '../grant/command.ts';

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
      const { revokeRole } = await import('../grant/revokeRole.ts');
      return revokeRole(role, options);
    },
    async (options) => {
      const { revokeAppRole } = await import('../grant/appRoleGrants.ts');
      return revokeAppRole(options);
    },
  );
}
