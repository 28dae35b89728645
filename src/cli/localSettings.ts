import { existsSync, readFileSync } from 'node:fs';

/** As `func start` does: the Values of local.settings.json stand in for environment variables that are not set. */
export function applyLocalSettings(path: string): void {
  if (!existsSync(path)) return;
  let values: Record<string, string>;
  try {
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/u, ''); // Visual Studio writes the mark
    values = (JSON.parse(text) as { Values?: Record<string, string> }).Values ?? {};
  } catch (error) {
    throw new Error(`${path} is not JSON.`, { cause: error });
  }
  for (const [name, value] of Object.entries(values)) process.env[name] ??= String(value);
}
