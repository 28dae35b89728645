import { Command } from 'commander';
import { addKinds } from '../grant/command.ts';

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
