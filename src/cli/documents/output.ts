import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import { UsageError } from '../faults.ts';
import { plain } from '../table.ts';
import type { Form } from './forms/form.ts';

/** How far an export is: all documents of the pages before `cursor` are in the parts up to these sizes. */
const progressSchema = v.object({
  selection: v.string(),
  cursor: v.string(),
  sizes: v.array(v.number()),
  documents: v.number(),
  form: v.unknown(),
});
export type Progress = v.InferOutput<typeof progressSchema>;

export type Output = {
  /** A text for each part. */
  write(texts: readonly string[]): Promise<void>;
  /** From here the same command may go on. */
  checkpoint(progress: Omit<Progress, 'sizes'>): Promise<void>;
  /** Puts the parts together; until then there is no file of its name. */
  finish(form: Form): Promise<void>;
  close(): Promise<void>;
};

const progressOf = (path: string) => `${path}.progress`;
const partOf = (path: string, index: number) => `${path}.part${index === 0 ? '' : index + 1}`;

/** How far an earlier run with the same selection came. Throws a UsageError where the file is there, or is of another one. */
export async function earlierProgress(path: string, selection: string): Promise<Progress | undefined> {
  if (await stat(path).catch(() => undefined)) {
    throw new UsageError(`${path} is there already.`, 'Remove it, or name another file.');
  }
  const text = await readFile(progressOf(path), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const progress = v.safeParse(progressSchema, parsed(text));
  if (progress.success && progress.output.selection === selection) return progress.output;
  throw new UsageError(
    `${plain(progressOf(path))} is of an export of something else, which was interrupted.`,
    'The same command goes on with that; remove this file to begin anew, or name another one.',
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Into `<file>.part` and so on; what was written after the last checkpoint is cut off. */
export async function fileOutput(path: string, parts: number, before: Progress | undefined): Promise<Output> {
  const names = Array.from({ length: parts }, (_, index) => partOf(path, index));
  const files: FileHandle[] = [];
  const sizes = names.map((_, index) => before?.sizes[index] ?? 0);
  for (const [index, name] of names.entries()) {
    const file = await open(name, 'a'); // each text goes to the end, also after another part was put there
    files.push(file);
    await file.truncate(sizes[index]);
  }
  return {
    async write(texts) {
      for (const [index, text] of texts.entries()) {
        const { bytesWritten = 0 } = text ? ((await files[index]?.write(text)) ?? {}) : {};
        sizes[index] = (sizes[index] ?? 0) + bytesWritten;
      }
    },
    async checkpoint(progress) {
      for (const file of files) await file.datasync(); // what it tells of is there, whatever ends the machine
      const next = `${progressOf(path)}.next`;
      await writeFile(next, JSON.stringify({ ...progress, sizes }));
      await rename(next, progressOf(path));
    },
    async finish(form) {
      const [first = '', ...others] = names;
      for (const [index, closing] of form.closings().entries()) {
        const other = others[index];
        await files[0]?.write(closing);
        if (other) await pipeline(createReadStream(other), createWriteStream(first, { flags: 'a' }));
      }
      await rename(first, path);
      await Promise.all([...others, progressOf(path)].map((name) => rm(name, { force: true })));
    },
    close: async () => void (await Promise.all(files.map((file) => file.close()))),
  };
}

/** Waits while its reader does. There is nothing to go on from. */
export const standardOutput = (): Output => {
  const write = async (texts: readonly string[]) => {
    for (const text of texts) if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  };
  return {
    write,
    checkpoint: async () => {},
    finish: (form) => write(form.closings()),
    close: async () => {},
  };
};
