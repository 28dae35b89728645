import { Command, Option } from 'commander';
import { count, date } from './arguments.ts';

export function documentsCommand(): Command {
  const documents = new Command('documents')
    .description('the prediction documents of the storage')
    .addHelpText(
      'after',
      `
Examples:
  $ keyless documents export --to documents.jsonl`,
    );
  documents
    .command('export')
    .description('write the prediction documents as JSON lines, CSV or COCO')
    .option('--to <file>', 'a file that is not there yet; default: standard output')
    .addOption(
      new Option('--form <form>', 'default: by the ending of --to: .csv, .json for coco, else jsonl').choices(
        ['jsonl', 'csv', 'coco'],
      ),
    )
    .option('--prefix <text>', 'only of pictures whose name begins like this')
    .addOption(new Option('--since <date>', 'only those completed since').argParser(date))
    .addOption(new Option('--until <date>', 'only those completed before').argParser(date))
    .option('--tag <name>', 'only those in which a model accepted this tag')
    .option('--model <name>', 'only what this model answered')
    .addOption(new Option('--status <status>', 'only those that ended so').choices(['succeeded', 'failed']))
    .addOption(
      new Option('--concurrency <number>', 'documents read at the same time').argParser(count).default(16),
    )
    .addHelpText(
      'after',
      `
jsonl: each document whole, one a line; evaluate takes it in place of a model. csv: a line for each prediction, accepted or not,
boxes in fractions of the picture. coco: what one model accepted, boxes in pixels with their score; failed pictures are left out.

Documents come in the order of their names, and memory stays the same however many there are. Interrupted, by Ctrl-C or
by anything else, the same command goes on: until it is whole the file is <file>.part, and <file>.progress says how far it
is, to 250 documents. Needs Storage Blob Data Reader. Ends with 1 where something in the place of a document is none.

Examples:
  $ keyless documents export --to documents.jsonl
  $ keyless documents export --to lemons.csv --prefix orchard/ --tag lemon --since 2026-11-01
  $ keyless documents export --to boxes.json --model boxes
  $ keyless documents export --status failed | jq .error.code`,
    )
    .action(async (options) => {
      const { exportDocuments } = await import('../documents/exportDocuments.ts');
      process.exitCode = await exportDocuments(options);
    });
  return documents;
}
