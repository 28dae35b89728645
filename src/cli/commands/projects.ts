import { Command } from 'commander';

export const projectsCommand = (): Command =>
  new Command('projects')
    .description('list the Custom Vision projects of a training account, with their published iterations')
    .option('--endpoint <url>', 'the training account; else the setting VISION_TRAINING_ENDPOINT')
    .option('--json', 'one JSON document on standard output')
    .addHelpText(
      'after',
      `
It asks with a token of this identity, which needs a role on the training account that may read, such as
Cognitive Services Custom Vision Reader. Published as: the name that belongs into the settings; published to: the
prediction account that knows it.

Examples:
  $ keyless projects --endpoint https://fruit-training.cognitiveservices.azure.com
  $ keyless projects --json | jq '.[] | {id, name, task}'`,
    )
    .action(async (options) => {
      const { projects } = await import('../projects/projects.ts');
      process.exitCode = await projects(options);
    });
