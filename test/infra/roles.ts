import { templatesOf } from './checks/finding.ts';
import { infraFiles } from './files.ts';
import { roleMarkdown } from './roleTable.ts';

/** Prints the table of roles from the Bicep, as docs/infrastructure.md has it. */
process.stdout.write(`${roleMarkdown(templatesOf(infraFiles()))}\n`);
