import { Command, Option } from 'commander';
import { count, share } from './arguments.ts';

export const predictCommand = (): Command =>
  new Command('predict')
    .description('score pictures and tell what was seen')
    .argument('<picture...>', 'files, folders, patterns, http(s) urls, or - for standard input')
    .option('--model <name>', 'one of VISION_MODELS; default: the only one, or the one called default')
    .option('--export <path>', 'an ONNX export on this machine instead: a .onnx file, a folder, or a zip')
    .addOption(new Option('--threshold <share>', 'accept predictions from here on, 0 to 1').argParser(share))
    .addOption(new Option('--top <number>', 'the most probable ones, accepted or not').argParser(count))
    .option('--svg <folder>', 'write each picture with its boxes or tags as an SVG into this folder')
    .addOption(new Option('--concurrency <number>', 'pictures at the same time').argParser(count).default(8))
    .option('--yes', 'do not ask before more than 100 paid calls')
    .option('--json', 'one prediction document a line on standard output')
    .addHelpText(
      'after',
      `
Pictures are made to fit and sent as the app does it, with the app's settings; nothing is stored. A url is fetched by
Custom Vision itself. Each call is a paid one; before more than 100 it tells the cost and asks, and without a terminal
it takes --yes. With --export the model runs in this process, without settings, without Azure, and costs nothing; what
the export does not tell and was decided by rule is told first. Ends with 1 where a picture failed.

Examples:
  $ keyless predict tree.jpg
  $ keyless predict orchard/ 'street/**/*.png' --model boxes --threshold 0.7 --svg drawings
  $ keyless predict --export pears.zip orchard/ --json
  $ curl -s https://example.com/apple.jpg | keyless predict - --json`,
    )
    .action(async (pictures, options) => {
      const { predict } = await import('../predict/predict.ts');
      process.exitCode = await predict(pictures, options);
    });
