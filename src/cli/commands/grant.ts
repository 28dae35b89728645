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
      const { grantRole } = await import('../grant/grantRole.ts');
      return grantRole(kind, role, options);
    },
    async (options) => {
      const { grantAppRole } = await import('../grant/appRoleGrants.ts');
      return grantAppRole(options);
    },
  );
}
