import { Command } from 'commander';

export const tokenCommand = (): Command =>
  new Command('token')
    .description('tell what a token of this identity says: audience, roles, times; never the token itself')
    .option('--scope <scope>', 'one scope, ending in /.default (default: that of Cognitive Services)')
    .option('--audience-check <api>', 'client id or App ID URI of an API: is its app role in the token?')
    .option('--role <value>', 'the app role looked for; else the setting ENTRA_ROLE, else Images.Predict')
    .option('--json', 'one JSON document on standard output')
    .addHelpText(
      'after',
      `
Run where the app runs, it is the app's managed identity that is told; on your machine it is your own sign-in.
A new app role shows up in a managed identity's token only after up to 24 hours: the platform keeps tokens, and nobody
can ask it for a new one. Roles of Azure (az role assignment) are in no token; they work after some minutes.

Examples:
  $ keyless token
  $ keyless token --scope https://storage.azure.com/.default
  $ keyless token --audience-check api://keyless-vision --role Images.Predict`,
    )
    .action(async (options) => {
      const { token } = await import('../token/token.ts');
      process.exitCode = await token(options);
    });
