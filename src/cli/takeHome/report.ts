import { plain, table } from '../table.ts';
import type { NotExported, WantedExport } from './exports.ts';
import type { Counts } from './listing.ts';
import type { TakenExport } from './manifest.ts';

export const count = (number: number, one: string): string =>
  `${number.toLocaleString('en')} ${one}${number === 1 ? '' : 's'}`;

export const size = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** What it would be. The service tells the bytes of a picture only by sending it. */
export function planText(
  counts: Counts,
  tags: number,
  iterations: number,
  wanted: readonly WantedExport[],
): string {
  const pictures = counts.tagged + counts.untagged;
  const lines = [
    `${count(pictures, 'picture')}, ${counts.tagged.toLocaleString('en')} of them tagged, ${count(tags, 'tag')}, ${count(iterations, 'iteration')}, ${count(wanted.length, 'export')}`,
    ...wanted.map(({ iteration, form }) => `  ${plain(iteration.name)} as ${form}`),
  ];
  return lines.join('\n');
}

export function exportsText(exports: readonly TakenExport[], nameOf: (iteration: string) => string): string {
  const rows = exports.map(({ file, iteration, form, bytes, checked }) => [
    plain(nameOf(iteration)),
    form,
    size(bytes),
    checked ? 'scores a picture' : 'not tried',
    file,
  ]);
  return rows.length > 0 ? table([['iteration', 'form', 'size', 'check', 'file'], ...rows], [2]) : '';
}

export const notText = ({ iteration, why }: NotExported): string => plain(`${iteration}: ${why}`);
