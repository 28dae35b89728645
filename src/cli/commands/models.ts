import { Command, InvalidArgumentError } from 'commander';

const modelName = (text: string): string => {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/u.test(text)) return text;
  throw new InvalidArgumentError('expected a name of letters, digits, - and _, such as pears');
};

export function modelsCommand(): Command {
  const models = new Command('models').description('exports that run in the app itself').addHelpText(
    'after',
    `
Examples:
  $ keyless models upload pears.zip --name pears`,
  );
  models
    .command('upload')
    .description('put an export into the container of the models, and print the setting that names it')
    .argument(
      '<export>',
      'an ONNX export on this machine: the zip as downloaded, its folder, or its .onnx file',
    )
    .requiredOption('--name <name>', 'the model’s name in the settings', modelName)
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      `
The export is tried on some pictures before it is uploaded, and compared byte for byte after that; what it does not tell
and was decided by rule is told. One of the same name is replaced, and a running app takes it up within seconds. The
identity needs Storage Blob Data Contributor on the account of the pictures, or on the container MODELS_CONTAINER alone.

Examples:
  $ keyless models upload pears.zip --name pears
  $ keyless models upload ./unpacked --name pears --json`,
    )
    .action(async (path, options) => {
      const { uploadModel } = await import('../models/upload.ts');
      process.exitCode = await uploadModel(path, options);
    });
  return models;
}
