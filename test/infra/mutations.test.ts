import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { check } from './checks/all.ts';
import { describe as told } from './checks/finding.ts';
import { infraFiles } from './files.ts';

/** The text `from` of a file becomes `to`; a finding must then match `told`, a regular expression. */
type Fault = { title: string; file: string; from: string; to: string; told: string };

const files = infraFiles();
const folder = new URL('./data/faults/', import.meta.url);
const faults = readdirSync(folder).flatMap(
  (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Fault[],
);

describe('a fault seeded into a copy of the infrastructure is found and named', () => {
  test.each(faults)('$title', ({ file, from, to, told: expected }) => {
    const source = files.get(file) ?? '';
    expect(source, `${file} has no such text`).toContain(from);
    const findings = check(
      new Map(files).set(
        file,
        source.replace(from, () => to),
      ),
    ).map(told);
    const named = new RegExp(expected, 'u');
    expect(
      findings.filter((finding) => named.test(finding)),
      findings.join('\n'),
    ).not.toEqual([]);
  });
});
