import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { UsageError } from '../../faults.ts';
import { plain } from '../../table.ts';
import { readCoco } from './coco.ts';
import { readCsv } from './csv.ts';
import { truthOfFolders } from './folders.ts';
import { some, type Told, type Truth } from './truth.ts';

/**
 * What the pictures of a folder show: its folders are the tags, or a COCO file (.json) or a table (.csv) tells them.
 * Throws a UsageError where that cannot be read, names pictures that are not there, or labels none.
 */
export async function readTruth(folder: string, file: string | undefined): Promise<Truth> {
  if (!(await look(folder))?.isDirectory())
    throw new UsageError(
      `There is no folder ${JSON.stringify(folder)}.`,
      'Name a folder of pictures: one folder a tag in it, or with --truth a COCO file or a CSV of file,tags.',
    );
  if (file === undefined) return truthOfFolders(folder);
  if (!(await look(file))?.isFile())
    throw new UsageError(`--truth: there is no file ${JSON.stringify(file)}.`);
  return find(folder, file, await readers[kindOf(file)](file));
}

const readers = { json: readCoco, csv: readCsv };

function kindOf(file: string): keyof typeof readers {
  const kind = extname(file).slice(1).toLowerCase();
  if (kind === 'json' || kind === 'csv') return kind;
  throw new UsageError(
    `--truth: expected a COCO file (.json) or a table (.csv), got ${JSON.stringify(file)}.`,
  );
}

const look = (path: string): Promise<Stats | undefined> => stat(path).catch(() => undefined);

/** The pictures that a file tells of, below the folder. */
async function find(folder: string, file: string, told: readonly Told[]): Promise<Truth> {
  const pictures = told.map((each) => ({ ...each, path: join(folder, each.name) }));
  const there = await Promise.all(pictures.map(async ({ path }) => (await look(path))?.isFile() === true));
  const missing = pictures.filter((_, index) => !there[index]).map(({ name }) => plain(name));
  if (missing.length > 0) {
    throw new UsageError(
      `${missing.length} of ${told.length} pictures of ${file} are not in ${folder}: ${some(missing)}.`,
      'Name the folder that its file names begin from, or take those pictures out of the file.',
    );
  }
  if (pictures.length === 0) throw new UsageError(`${file} tells of no picture.`);
  return { pictures, notices: [] };
}
