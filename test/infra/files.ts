import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path from the root of the project → text. */
export type Files = ReadonlyMap<string, string>;

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const SCENARIOS = 'test/infra/scenarios';
const READ = /\.(?:bicep|bicepparam|json|kql)$/u;
const SNAPSHOT = '.snapshot.json';

/** The infrastructure as it lies there, the scenarios it is tried with, and the page that documents its roles. */
export function infraFiles(): Files {
  const paths = ['infra', SCENARIOS].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && READ.test(entry.name) && !entry.name.endsWith(SNAPSHOT))
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length)),
  );
  return new Map(
    [...paths.toSorted(), 'docs/infrastructure.md'].map((path) => [
      path,
      readFileSync(join(ROOT, path), 'utf8'),
    ]),
  );
}

/** Where a scenario’s snapshot is kept: beside it, as `bicep snapshot` does. */
export const snapshotOf = (scenario: string): string => scenario.replace(/\.bicepparam$/u, SNAPSHOT);

/** Of all that a snapshot is made from, so that an old one is noticed without the compiler too. */
export function fingerprint(files: Files): string {
  const hash = createHash('sha256');
  for (const [path, text] of files) if (!path.startsWith('docs/')) hash.update(`${path}\n${text}\n`);
  return hash.digest('hex');
}
