import { Command, InvalidArgumentError, Option } from 'commander';
import { FORM_NAMES, type FormName } from '../takeHome/forms.ts';

const forms = (text: string): FormName[] => {
  const names = text
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  if (names.length === 1 && names[0] === 'none') return [];
  const known = FORM_NAMES.filter((name) => names.includes(name));
  if (known.length === new Set(names).size) return known;
  throw new InvalidArgumentError(`expected none or some of ${FORM_NAMES.join(', ')}`);
};

export const takeHomeCommand = (): Command =>
  new Command('take-home')
    .description('take a project out of Custom Vision: pictures, regions, tags, figures, models')
    .argument('<project>', 'by its name or id')
    .option(
      '--to <place>',
      'a folder, or https://<account>.blob.core.windows.net/<container>; else a folder named like the project',
    )
    .option('--endpoint <url>', 'the training account; else the setting VISION_TRAINING_ENDPOINT')
    .addOption(
      new Option('--forms <names>', 'of the exports of each iteration, separated by commas')
        .argParser(forms)
        .default(['onnx'], 'onnx'),
    )
    .option('--dry-run', 'only tell how much it would be')
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      `
Forms: ${FORM_NAMES.slice(0, 6).join(', ')},
${FORM_NAMES.slice(6).join(', ')}; or none. An ONNX one is tried on a picture.

In the place there are then: pictures/, each as it was uploaded; coco.json and tags.csv, the tagged ones; labels.txt;
exports/; pictures.json and project.json, all that the service tells, with each iteration’s figures; and manifest.json,
which tells every file with its SHA-256. Pictures without tags are among the pictures, and not in coco.json. The same
command again goes on where it was interrupted, checks what is there, and takes what is new; nothing is taken twice.

It asks with a token of this identity. Custom Vision Reader on the training account is enough without exports; for these
it takes Cognitive Services Custom Vision Deployment. A container needs Storage Blob Data Contributor.

Examples:
  $ keyless take-home orchard --dry-run
  $ keyless take-home orchard --to ./orchard --forms onnx,tensorflow,coreml
  $ keyless take-home orchard --to https://orchard.blob.core.windows.net/home --forms none`,
    )
    .action(async (project, options) => {
      const { takeHome } = await import('../takeHome/takeHome.ts');
      process.exitCode = await takeHome(project, options);
    });
