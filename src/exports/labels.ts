import { KeylessError } from '../errors/errors.ts';
import { type ExportFile, readText } from './exportFiles.ts';

/** Far more than a project may have tags. */
const MOST_LABELS = 10_000;

/**
 * The tag names in the order of the model's answers: one a line, endings of either kind, empty lines left out; or the
 * list of AutoML's labels.json. Throws ExportInvalid.
 */
export async function readLabels(file: ExportFile): Promise<string[]> {
  const text = await readText(file);
  const labels = file.path.endsWith('.json') ? listIn(file.path, text) : linesOf(text);
  if (labels.length === 0) throw invalid(file.path, 'it is empty');
  if (labels.length > MOST_LABELS) throw invalid(file.path, `it has ${labels.length} lines`);
  return labels;
}

const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '');

function listIn(path: string, text: string): string[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (cause) {
    throw invalid(path, 'it is no JSON', cause);
  }
  if (Array.isArray(list) && list.every((label) => typeof label === 'string')) return list;
  throw invalid(path, 'it is no list of texts');
}

const invalid = (path: string, why: string, cause?: unknown): KeylessError =>
  new KeylessError('ExportInvalid', `${path} does not tell the tags: ${why}.`, {
    ...(cause !== undefined && { cause }),
    fix: 'Put the tags of the project there, one a line in the order of the model’s answers; they are in the labels.txt of each of the project’s exports.',
  });
