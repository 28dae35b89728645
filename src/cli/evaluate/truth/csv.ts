import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { UsageError } from '../../faults.ts';
import { plain } from '../../table.ts';
import type { Told } from './truth.ts';

const FILES = ['file', 'filename', 'file_name', 'name', 'image', 'picture'];
const TAGS = ['tag', 'tags', 'label', 'labels'];
const HOW =
  'Its first line names the columns: file,tags. Several tags of a picture are separated by |, and one with none has an empty cell.';

/**
 * A table of file names and tags (RFC 4180), columns separated by comma, semicolon or tab, the tags in a cell by |. A
 * file may have several lines: their tags go together. Throws a UsageError where the columns are not named, or a line is broken.
 */
export async function readCsv(file: string): Promise<Told[]> {
  const text = await readFile(file, 'utf8');
  const delimiter = delimiterOf(text);
  const [head = [], ...rows] = cellsOf(file, text, delimiter);
  const column = (names: readonly string[]) =>
    head.findIndex((cell) => names.includes(cell.trim().toLowerCase()));
  const [files, tags] = [column(FILES), column(TAGS)];
  if (files < 0 || tags < 0) {
    throw new UsageError(
      `${file}: expected columns file and tags, got ${plain(head.join(', ').slice(0, 200))}.`,
      HOW,
    );
  }
  const told = new Map<string, Set<string>>();
  for (const row of rows) {
    const name = (row[files] ?? '').trim().replaceAll('\\', '/');
    if (!name) throw new UsageError(`${file}: a line names no file: ${plain(row.join(delimiter))}.`, HOW);
    const own = told.get(name) ?? new Set();
    for (const tag of (row[tags] ?? '').split('|')) {
      if (tag.trim()) own.add(tag.trim());
    }
    told.set(name, own);
  }
  return [...told].map(([name, own]) => ({ name, tags: [...own] }));
}

/** The first line decides; neither of its two names has one of these in it. */
const delimiterOf = (text: string): string => /[,;\t]/u.exec(text.split('\n', 1)[0] ?? '')?.[0] ?? ',';

function cellsOf(file: string, text: string, delimiter: string): string[][] {
  try {
    return parse(text, { delimiter, bom: true, relax_column_count: true, skip_empty_lines: true });
  } catch (cause) {
    const error = new UsageError(`${file} is no table: ${plain((cause as Error).message)}`, HOW);
    error.cause = cause;
    throw error;
  }
}
