import { existsSync, readFileSync } from 'node:fs';

/** As `func start` does: the Values of local.settings.json stand in for environment variables that are not set. */
export function applyLocalSettings(path: string): void {
  if (!existsSync(path)) return;
  for (const [name, value] of Object.entries(valuesOf(path))) {
    if (value === null) continue;
    if (typeof value === 'object') throw new Error(`${path}: ${name}: expected a text; JSON goes in quotes.`);
    process.env[name] ??= String(value);
  }
}

function valuesOf(path: string): object {
  const { IsEncrypted, Values = {} } = contentOf(path) as { IsEncrypted?: unknown; Values?: unknown };
  if (IsEncrypted === true) throw new Error(`${path} is encrypted.\nFix: func settings decrypt`);
  const values = Values ?? {};
  if (isObject(values)) return values;
  throw new Error(`${path}: Values: expected an object of names and texts.`);
}

/** What goes wrong quotes nothing of the file, which may hold secrets. */
function contentOf(path: string): object {
  let content: unknown;
  try {
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/u, ''); // Visual Studio writes the mark
    content = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new Error(`${path} is not JSON.`, { cause });
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(`${path} cannot be read (${code ?? message}).`, { cause });
  }
  if (isObject(content)) return content;
  throw new Error(`${path} holds no object: expected {"Values": {…}}.`);
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
