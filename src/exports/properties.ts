import { KeylessError } from '../errors/errors.ts';
import { type ExportFile, readText } from './exportFiles.ts';

/** What the model and metadata_properties.json say of the pixels, by the same names; what both say, the model's counts. */
export type Properties = {
  get(name: string): string | undefined;
  /** Whether the model itself says it: the file tells of the service's own preparation, which may be another one. */
  isOfModel(name: string): boolean;
  /** Where the two differ, in words. */
  notices: string[];
};

export const PROPERTIES = 'metadata_properties.json';

/** https://github.com/Azure-Samples/customvision-export-samples/issues/3 */
export async function readProperties(
  model: ReadonlyMap<string, string>,
  file: ExportFile | undefined,
): Promise<Properties> {
  const told = file ? await readFileProperties(file) : new Map<string, string>();
  const notices: string[] = [];
  for (const [name, value] of model) {
    const other = told.get(name);
    if (other !== undefined && other !== value)
      notices.push(`${name} is ${value} in the model and ${other} in ${file?.path}: the model’s counts.`);
  }
  return {
    get: (name) => model.get(name) ?? told.get(name),
    isOfModel: (name) => model.has(name),
    notices,
  };
}

async function readFileProperties(file: ExportFile): Promise<Map<string, string>> {
  try {
    const parsed: unknown = JSON.parse(await readText(file));
    if (typeof parsed !== 'object' || parsed === null) throw new TypeError('it is no object');
    const entries = Object.entries(parsed).filter(([, value]) => value !== null);
    return new Map(entries.map(([name, value]) => [name, String(value).trim()]));
  } catch (cause) {
    if (cause instanceof KeylessError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KeylessError('ExportInvalid', `${file.path} cannot be read: ${why}.`, {
      cause,
      fix: `Take the file from the zip as it was downloaded, or leave it out: what the model says counts.`,
    });
  }
}

/** A whole number that may be written 224.0; undefined for what is none. */
export function wholeNumber(text: string | undefined): number | undefined {
  const value = Number(text);
  return text && Number.isFinite(value) && value >= 1 && value <= 4_096 ? Math.round(value) : undefined;
}

/** Numbers in brackets: [0.485, 0.456, 0.406]; undefined for anything else, and for an empty list. */
export function numberList(text: string | undefined): number[] | undefined {
  const inner = /^\[([^\]]{1,2000})\]$/u.exec(text ?? '')?.[1];
  const numbers = inner?.split(',').map(Number);
  return numbers?.every(Number.isFinite) ? numbers : undefined;
}
