import { extname } from 'node:path';
import { KeylessError } from '../../errors/errors.ts';
import { createCredential } from '../../identity/credential.ts';
import { readSettings, requireSettings } from '../../settings/settings.ts';
import { openContainers } from '../../storage/containers.ts';
import type { Listed } from '../../storage/list.ts';
import { UsageError } from '../faults.ts';
import { requireBeginning } from '../noSettings.ts';
import { createBar, interruption } from '../progress.ts';
import { plain } from '../table.ts';
import { coco } from './forms/coco.ts';
import { csv } from './forms/csv.ts';
import type { Form } from './forms/form.ts';
import { jsonLines } from './forms/jsonLines.ts';
import { inOrder } from './inOrder.ts';
import { earlierProgress, fileOutput, type Output, type Progress, standardOutput } from './output.ts';
import { countOf, listed, readOne } from './read.ts';
import { type Selection, selected } from './selection.ts';

export type ExportOptions = Selection & {
  to?: string;
  form?: FormName;
  concurrency: number;
};
export type FormName = keyof typeof FORMS;

const FORMS = {
  jsonl: { parts: 1, create: jsonLines },
  csv: { parts: 1, create: csv },
  coco: { parts: 2, create: coco },
} satisfies Record<string, { parts: number; create: (before: unknown) => Form }>;

/**
 * Writes the prediction documents of the storage into a file or to standard output, in the order of their names, a page
 * of the listing at a time. Resolves with the exit code: 1 where something in the place of a document is none.
 */
export async function exportDocuments({
  to,
  form,
  concurrency,
  ...selection
}: ExportOptions): Promise<number> {
  const name = form ?? formOf(to);
  const { parts, create } = FORMS[name];
  if (parts > 1 && to === undefined)
    throw new UsageError('COCO is put together from parts, so it needs a file.', 'Name one with --to.');
  const chosen = JSON.stringify({ form: name, ...selection });
  const before = to === undefined ? undefined : await earlierProgress(to, chosen);
  requireBeginning();
  const settings = requireSettings(readSettings());
  const credential = createCredential(settings.identity);
  const { predictions } = await openContainers(settings, () => credential);
  const signal = interruption();
  const output = to === undefined ? standardOutput() : await fileOutput(to, parts, before);
  const pages = (cursor = before?.cursor) => listed(predictions, selection, cursor);
  const bar = createBar(process.stderr.isTTY ? await countOf(pages()) : 0);
  const read = (item: Listed) => readOne(predictions, item, signal).finally(bar.step);
  try {
    const form = create(before?.form);
    const job = { chosen, selection, read, concurrency, signal };
    const { documents, foreign } = await write(pages(), form, output, before, job);
    if (signal.aborted) return interrupted(to, documents);
    await output.finish(form);
    if (to !== undefined) console.error(`${documents} documents are in ${plain(to)}.`);
    return foreign > 0 ? 1 : 0;
  } finally {
    bar.stop();
    await output.close();
  }
}

type Job = {
  /** The selection and the form as text, to know them again by. */
  chosen: string;
  selection: Selection;
  read(item: Listed): ReturnType<typeof readOne>;
  concurrency: number;
  signal: AbortSignal;
};

/** Page by page; after each one the output may be left and gone on with. Ends early after the signal. */
async function write(
  pages: ReturnType<typeof listed>,
  form: Form,
  output: Output,
  before: Progress | undefined,
  { chosen, selection, read, concurrency, signal }: Job,
): Promise<{ documents: number; foreign: number }> {
  let documents = before?.documents ?? 0;
  let foreign = 0;
  if (before) console.error(`Going on after ${documents} documents.`);
  else await output.write([form.opening]);
  for await (const { items, cursor } of pages) {
    for await (const found of inOrder(items, concurrency, read)) {
      if (found instanceof KeylessError) {
        foreign += 1;
        console.error(`${found.code}: ${plain(found.message)}`);
      }
      const document = found instanceof KeylessError ? undefined : found && selected(found, selection);
      if (!document || signal.aborted) continue;
      await output.write(form.add(document));
      documents += 1;
    }
    if (signal.aborted) break;
    if (cursor) await output.checkpoint({ selection: chosen, cursor, documents, form: form.state() });
  }
  return { documents, foreign };
}

const formOf = (to = ''): FormName => {
  const kind = extname(to).toLowerCase();
  return kind === '.csv' ? 'csv' : kind === '.json' ? 'coco' : 'jsonl';
};

function interrupted(to: string | undefined, documents: number): number {
  const next =
    to === undefined
      ? 'With --to the same command would go on from here.'
      : 'The same command goes on from here.';
  console.error(`Interrupted after ${documents} documents. ${next}`);
  return 130;
}
