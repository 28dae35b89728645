import { existsSync, readFileSync } from 'node:fs';
import { type ParseError, parse } from 'jsonc-parser';

/** As `func start` does: the Values of local.settings.json stand in for environment variables that are not set. */
export function applyLocalSettings(path: string): void {
  if (!existsSync(path)) return;
  for (const [name, value] of Object.entries(readLocalSettings(path))) process.env[name] ??= value;
}

/**
 * The Values of a local.settings.json as `func start` reads them: with comments, trailing commas, a byte order mark,
 * members in any letter case, numbers and truth values as texts. What goes wrong is told without quoting the file, which
 * may hold secrets.
 * https://github.com/Azure/azure-functions-core-tools/blob/main/src/Cli/func/Common/AppSettingsFile.cs
 * @throws where it cannot be read, is encrypted, or holds what is no text
 */
function readLocalSettings(path: string): Record<string, string> {
  const content = contentOf(path);
  const member = (name: string) =>
    Object.entries(content).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1] as unknown;
  if (String(member('IsEncrypted')).toLowerCase() === 'true')
    throw new Error(`${path} is encrypted.\nFix: func settings decrypt`);
  const values = member('Values') ?? {};
  if (!isObject(values)) throw new Error(`${path}: Values: expected an object of names and texts.`);
  const given = Object.entries(values).filter(([, value]) => value !== null);
  const wrong = given.filter(([, value]) => typeof value === 'object').map(([name]) => name);
  if (wrong.length > 0)
    throw new Error(`${path}: ${wrong.join(', ')}: expected a text; JSON goes in quotes.`);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

function contentOf(path: string): object {
  const text = textOf(path);
  const errors: ParseError[] = [];
  let content: unknown;
  try {
    content = parse(text, errors, { allowTrailingComma: true });
  } catch (cause) {
    throw new Error(`${path} is not JSON.`, { cause }); // it nests without end
  }
  const [first] = errors;
  if (first) {
    const before = text.slice(0, first.offset).split(/\r\n|\r|\n/u);
    const column = (before.at(-1)?.length ?? 0) + 1;
    throw new Error(`From line ${before.length}, column ${column} on, ${path} is not JSON.`);
  }
  if (isObject(content)) return content;
  throw new Error(`${path} holds no object: expected {"Values": {…}}.`);
}

/** Windows PowerShell writes UTF-16, Visual Studio a mark before UTF-8. */
function textOf(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(`${path} cannot be read (${code ?? message}).`, { cause });
  }
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  if (encoding === 'utf-8' && bytes.subarray(0, 2).includes(0)) {
    throw new Error(
      `${path} is UTF-16 without a byte order mark, which func start does not read.\nFix: save it as UTF-8.`,
    );
  }
  return new TextDecoder(encoding).decode(bytes);
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
