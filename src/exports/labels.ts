import { readExportText } from './manifest.ts';

/** One tag name per line, in the order of the model's answers; endings of either kind, empty lines left out. */
const parseLabels = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

export async function readLabels(directory: string, file: string): Promise<string[]> {
  const labels = parseLabels(await readExportText(directory, file));
  if (labels.length === 0) {
    throw new Error(`Expected ${file} in ${directory} to hold one tag name per line, but it is empty.`);
  }
  return labels;
}
