import { suggestion, UsageError } from '../faults.ts';
import { plain } from '../table.ts';
import type { Project } from './answers.ts';

/** The project of that id, or of that name. Throws a UsageError for none and for several. */
export function projectNamed(projects: readonly Project[], named: string): Project {
  const text = named.trim().toLowerCase();
  const byId = projects.find(({ id }) => id.toLowerCase() === text);
  if (byId) return byId;
  const found = projects.filter(({ name }) => name.toLowerCase() === text);
  const [only] = found;
  if (only && found.length === 1) return only;
  if (only)
    throw new UsageError(
      `${found.length} projects are named ${plain(named)}.`,
      `Name the one by its id: ${found.map(({ id }) => id).join(', ')}.`,
    );
  throw new UsageError(
    `The training account has no project ${plain(named)}.${plain(
      suggestion(
        named,
        projects.map(({ name }) => name),
      ),
    )}`,
    'keyless projects lists them.',
  );
}
