import { Command, Option } from 'commander';
import { count, share } from './arguments.ts';

export const evaluateCommand = (): Command =>
  new Command('evaluate')
    .description('say how good a model is on pictures whose tags or boxes are known')
    .argument(
      '<model>',
      'a model of VISION_MODELS, an ONNX export on this machine (a file, a folder, or a zip), or prediction documents (.jsonl)',
    )
    .argument('<folder>', 'pictures, in folders named like their tag')
    .option('--against <model>', 'a second model, side by side')
    .option(
      '--truth <file>',
      'what the pictures show, in place of folders: COCO (.json), or file,tags (.csv)',
    )
    .addOption(
      new Option(
        '--threshold <share>',
        'accept predictions from here on, 0 to 1; default: each model’s own',
      ).argParser(share),
    )
    .option(
      '--answers <file>',
      'where the service’s answers are kept, and found by the next run',
      'evaluated.jsonl',
    )
    .option('--html <file>', 'also write a page with plots and the wrong pictures, readable offline')
    .addOption(new Option('--json', 'one JSON document on standard output').conflicts('csv'))
    .option('--csv', 'a line for each model and tag on standard output')
    .addOption(new Option('--concurrency <number>', 'pictures at the same time').argParser(count).default(8))
    .option('--yes', 'do not ask before more than 100 paid calls')
    .addHelpText(
      'after',
      `
Told are precision, recall, F1 and average precision of each tag, what is taken for what, the threshold with the best
F1, how far probabilities can be believed, and the pictures that went wrong; for detectors mAP at an overlap of 0.5 and
at 0.5:0.95 as COCO defines them. Shares come with the interval that they lie in: few pictures tell little. Tags that
differ from the model’s in letter case alone are the same. With --against it says whether two models differ by more than chance.

In a table several tags of a picture stand in one cell, separated by |; a picture with none has an empty cell. Boxes
take COCO. Prediction documents are what predict --json and documents export write; they are found by the
pictures’ content.

Calls of the service are paid ones; before more than 100 it tells the cost and asks, and without a terminal it takes
--yes. Each answer is kept in --answers at once, by the picture’s content and the model: the same command, interrupted or
repeated, asks only what is missing. Ends with 1 where a picture failed; it then counts in no figure.

Examples:
  $ keyless evaluate fruit orchard/
  $ keyless evaluate fruit orchard/ --against ./fruit-export.zip --html fruit.html
  $ keyless evaluate ./boxes.zip street/ --truth street/coco.json --json > boxes.json
  $ keyless evaluate documents.jsonl orchard/ --truth tags.csv`,
    )
    .action(async (model, folder, options) => {
      const { evaluate } = await import('../evaluate/evaluate.ts');
      process.exitCode = await evaluate(model, folder, options);
    });
