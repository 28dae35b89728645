import { Command } from 'commander';
import { type ResourceId, resourceId, userIdentityId } from '../azure/resourceId.ts';

/** `--user` may stand several times. */
const another = (text: string, before: string[] = []): string[] => [...before, userIdentityId(text).id];

type Named = { system?: boolean; user?: string[] };

export function identityCommand(): Command {
  const identity = new Command('identity')
    .description('the managed identities of any Azure resource')
    .addHelpText(
      'after',
      `
Examples:
  $ keyless identity show /subscriptions/…/providers/Microsoft.Web/sites/<app>
  $ keyless identity assign <resource id> --system --user <identity resource id>
  $ keyless identity remove <resource id> --system`,
    );
  identity
    .command('show')
    .description('type, tenant, and the principal and client ids')
    .argument('<resource id>', 'of the resource', resourceId)
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      `
Examples:
  $ keyless identity show /subscriptions/…/providers/Microsoft.Web/sites/<app>
  $ keyless identity show <resource id> --json`,
    )
    .action(async (id: ResourceId, options: { json?: boolean }) => {
      const { showIdentity } = await import('../identity/identity.ts');
      process.exitCode = await showIdentity(id, options);
    });
  identity
    .command('assign')
    .description('add identities; those that are there stay, and so does everything else')
    .argument('<resource id>', 'of the resource', resourceId)
    .option('--system', 'the system-assigned one')
    .option('--user <identity resource id>', 'a user-assigned one; may stand several times', another)
    .addHelpText(
      'after',
      `
Examples:
  $ keyless identity assign /subscriptions/…/providers/Microsoft.Web/sites/<app> --system
  $ keyless identity assign <resource id> --user <identity resource id> --user <another>`,
    )
    .action(async (id: ResourceId, { system = false, user = [] }: Named) => {
      const { assignIdentity } = await import('../identity/assignment.ts');
      process.exitCode = await assignIdentity(id, { system, users: user });
    });
  identity
    .command('remove')
    .description('take identities off; asks before a system-assigned one is lost for good')
    .argument('<resource id>', 'of the resource', resourceId)
    .option('--system', 'the system-assigned one, with every role it holds')
    .option('--user <identity resource id>', 'a user-assigned one; may stand several times', another)
    .option('--all', 'every one: type None')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      `
Examples:
  $ keyless identity remove <resource id> --user <identity resource id>
  $ keyless identity remove <resource id> --all --yes`,
    )
    .action(
      async (
        id: ResourceId,
        { system = false, user = [], all = false, yes = false }: Named & { all?: boolean; yes?: boolean },
      ) => {
        const { removeIdentity } = await import('../identity/assignment.ts');
        process.exitCode = await removeIdentity(id, { system, users: user, all, yes });
      },
    );
  return identity;
}
