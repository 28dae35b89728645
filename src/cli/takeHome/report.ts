import { plain, table } from '../table.ts';
import type { NotExported, WantedExport } from './exports.ts';
import type { Facts } from './facts.ts';
import { type Counts, isTagged, type Listed } from './listing.ts';
import type { Taken } from './manifest.ts';
import type { Place } from './place.ts';

export const count = (number: number, one: string): string =>
  `${number.toLocaleString('en')} ${one}${number === 1 ? '' : 's'}`;

const size = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

type Exports = { wanted: readonly WantedExport[]; not: readonly NotExported[] };

/** What it would be; `bytes` is about what the pictures have, where that is known. */
export function tellPlan(
  { project, tags, iterations }: Facts,
  pictures: Counts & { bytes: number | undefined },
  { wanted, not }: Exports,
  json = false,
): void {
  if (json) {
    const exports = wanted.map(({ iteration, form }) => ({ iteration: iteration.name, form }));
    const own = { project: { id: project.id, name: project.name }, pictures, tags: tags.length };
    console.log(JSON.stringify({ ...own, iterations: iterations.length, exports, notExported: not }));
  } else {
    const { tagged, untagged, bytes } = pictures;
    const about = bytes === undefined ? '' : ` (about ${size(bytes)})`;
    console.log(
      `${count(tagged + untagged, 'picture')}${about}, ${tagged.toLocaleString('en')} of them tagged, ${count(tags.length, 'tag')}, ${count(iterations.length, 'iteration')}, ${count(wanted.length, 'export')}`,
    );
    for (const { iteration, form } of wanted) console.log(`  ${plain(iteration.name)} as ${form}`);
  }
  tellNotExported(not);
  console.error('Nothing was taken: this is what would be.');
}

export function tellTaken(
  { project, tags, iterations }: Facts,
  pictures: readonly Listed[],
  place: Place,
  { pictures: files, exports, complete }: Taken,
  { not }: Exports,
  json = false,
): void {
  const tagged = pictures.filter(isTagged).length;
  const regions = pictures.reduce((sum, each) => sum + (each.regions?.length ?? 0), 0);
  const bytes = Object.values(files).reduce((sum, each) => sum + each.bytes, 0);
  if (json) {
    const own = { project: { id: project.id, name: project.name }, to: place.name };
    const counts = { pictures: pictures.length, tagged, regions, bytes };
    console.log(JSON.stringify({ ...own, ...counts, exports, notExported: not, complete }));
  } else {
    console.log(
      `${plain(project.name)} is in ${plain(place.name)}: ${count(pictures.length, 'picture')} (${size(bytes)}), ${tagged.toLocaleString('en')} of them tagged, ${count(regions, 'region')}, ${count(tags.length, 'tag')}, ${count(iterations.length, 'iteration')}, ${count(exports.length, 'export')}.`,
    );
    const nameOf = (id: string) => iterations.find((each) => each.id === id)?.name ?? id;
    const rows = exports.map((each) => [
      plain(nameOf(each.iteration)),
      each.form,
      size(each.bytes),
      each.checked ? 'scores a picture' : 'not tried',
      each.file,
    ]);
    if (rows.length > 0) console.log(table([['iteration', 'form', 'size', 'check', 'file'], ...rows], [2]));
  }
  tellNotExported(not);
}

function tellNotExported(not: readonly NotExported[]): void {
  for (const { iteration, why } of not) console.error(plain(`${iteration}: ${why}`));
}
