import { withoutSecrets } from '../../errors/secrets.ts';
import { csvLine } from '../csvLine.ts';
import { plain } from '../table.ts';
import type { ProjectInFull, Tag } from '../training/answers.ts';
import { cocoOf, type Labelled } from './coco.ts';
import type { Measured } from './facts.ts';
import type { Listed } from './listing.ts';
import type { Taken } from './manifest.ts';
import type { Place } from './place.ts';

type All = {
  project: ProjectInFull;
  domain: string;
  tags: readonly Tag[];
  iterations: readonly Measured[];
  pictures: readonly Listed[];
};

/**
 * What of the project is no picture and no model: all that the service tells of it (project.json, pictures.json, with
 * regions as it keeps them, in fractions), and the labels in the forms that others read.
 */
export async function writeDocuments(place: Place, taken: Taken, facts: All): Promise<void> {
  const { pictures, tags, ...others } = facts;
  const project = { ...facts.project, settings: withoutQueries(facts.project.settings) };
  const labelled = pictures.flatMap((picture): Labelled[] => {
    const own = taken.pictures[picture.id];
    return own ? [{ picture, taken: own }] : [];
  });
  const documents: Record<string, string> = {
    'project.json': json({ ...others, project, tags }),
    'pictures.json': json(labelled.map(({ picture, taken: { file } }) => ({ file, ...picture }))),
    'coco.json': json(cocoOf(facts.project.name, tags, labelled)),
    'tags.csv': csv(labelled),
    'labels.txt': tags.map(({ name }) => `${plain(name)}\n`).join(''),
  };
  taken.documents = [];
  for (const [file, text] of Object.entries(documents))
    taken.documents.push({ file, ...(await place.write(file, Buffer.from(text))) });
}

/** Whoever set a container or a queue may have put a signature behind its address. */
const withoutQueries = (settings: ProjectInFull['settings']): ProjectInFull['settings'] =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      typeof value === 'string' ? withoutSecrets(value) : value,
    ]),
  );

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`;

/** Several tags of a picture are separated by |. Pictures without tags are left out. */
function csv(pictures: readonly Labelled[]): string {
  const rows = pictures.flatMap(({ picture: { tags, regions }, taken: { file } }) => {
    const names = new Set([...(tags ?? []), ...(regions ?? [])].map(({ tagName }) => tagName));
    return names.size > 0 ? [[file, [...names].join('|')]] : [];
  });
  return [['file', 'tags'], ...rows].map(csvLine).join('');
}
