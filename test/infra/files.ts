import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Files } from './bicep/deployment.ts';

const root = new URL('../../', import.meta.url).pathname;
const CHECKED = /\.(bicep|json|kql)$/u;

/** The infrastructure as it lies there: path from the root of the project → text. */
export function infraFiles(): Files {
  const paths = readdirSync(join(root, 'infra'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && CHECKED.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
  const page = existsSync(join(root, 'docs/infrastructure.md')) ? ['docs/infrastructure.md'] : [];
  return new Map([...paths, ...page].map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}
