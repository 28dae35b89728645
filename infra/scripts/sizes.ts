import { deflateRawSync } from 'node:zlib';
import type { PackageFiles } from './packageFiles.ts';

/** What the package is made of, as a table: the app’s own files, and each npm package in one line. */
export function sizeTable(files: PackageFiles, zipBytes: number): string {
  const parts = new Map<string, { files: number; bytes: number; zipped: number }>();
  for (const [path, content] of files) {
    const part = partOf(path);
    const { files: count = 0, bytes = 0, zipped = 0 } = parts.get(part) ?? {};
    parts.set(part, {
      files: count + 1,
      bytes: bytes + content.length,
      zipped: zipped + deflateRawSync(content).length,
    });
  }
  const all = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  const rows = [
    ['part', 'files', 'bytes', 'zipped'],
    ...[...parts].map(([part, { files: count, bytes, zipped }]) => [
      part,
      String(count),
      megabytes(bytes),
      megabytes(zipped),
    ]),
    ['the package', String(files.size), megabytes(all), megabytes(zipBytes)],
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map(([first = '', ...numbers]) =>
      [
        first.padEnd(widths[0] ?? 0),
        ...numbers.map((number, column) => number.padStart(widths[column + 1] ?? 0)),
      ].join('  '),
    )
    .join('\n');
}

/** `node_modules/@img/colour` for its files, and the file itself for the app’s own. */
const partOf = (path: string): string => /^(?:.*node_modules\/)(?:@[^/]+\/)?[^/]+/u.exec(path)?.[0] ?? path;

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(2)} MB`;
