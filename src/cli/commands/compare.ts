import { Command, Option } from 'commander';
import { share } from './arguments.ts';

export const compareCommand = (): Command =>
  new Command('compare')
    .description('send the same pictures to two models and tell where they differ')
    .argument(
      '<a>',
      'a model of VISION_MODELS, an ONNX export on this machine (a file, a folder, or a zip), or prediction documents (.jsonl)',
    )
    .argument('<b>', 'the other')
    .argument('<picture...>', 'files, folders, patterns, or - for standard input')
    .addOption(
      new Option(
        '--threshold <share>',
        'accept predictions from here on, 0 to 1; default: each model’s own',
      ).argParser(share),
    )
    .option('--yes', 'do not ask before more than 100 paid calls')
    .option('--json', 'one JSON document on standard output')
    .addHelpText(
      'after',
      `
Custom Vision ends on 25 September 2028: calls fail from then on. This is the way out of it, tried before it is needed:
export the published iteration as ONNX (portal: Performance → Export; compact domains only), and compare it with the
service on your own pictures. It runs in this process, without Azure; so does a model of VISION_MODELS that is an export. Any two models can be compared too,
such as a new iteration with the one in use.

Which of the two is better, keyless evaluate says, where it is known what the pictures show. Compared are the most probable tags, the tags accepted, the boxes of detectors (paired by tag; mean overlap) and the
median time of a call. Ends with 1 where the tags of a picture changed, or a picture failed. Calls of the service are
paid ones; before more than 100 it tells the cost and asks, and without a terminal it takes --yes.

Examples:
  $ keyless compare fruit ./fruit-export.zip orchard/
  $ keyless compare fruit fruit-next 'orchard/**/*.jpg' --threshold 0.7
  $ keyless compare ./export-1 ./export-2 orchard/ --json > differences.json`,
    )
    .action(async (a, b, pictures, options) => {
      const { compare } = await import('../compare/compare.ts');
      process.exitCode = await compare([a, b], pictures, options);
    });
