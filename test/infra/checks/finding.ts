import type { Files } from '../files.ts';
import type { Deployed, Scenario } from '../scenarios.ts';

/** One thing wrong with the infrastructure: where, and what to do about it. */
export type Finding = { rule: string; file: string; line?: number; message: string };

/** What a check looks at: the files, and what deploying them would make. */
export type Subject = { files: Files; scenarios: readonly Scenario[] };
export type Check = (subject: Subject) => Finding[];

export const bicepFiles = (files: Files): [path: string, source: string][] =>
  [...files].filter(([path]) => path.endsWith('.bicep'));

/** How people find a resource again: `storageAccounts sthost…`. */
export const called = ({ type, name }: Deployed): string => `${type.split('/').at(-1)} ${name}`;

/** The findings without those that another scenario told already. */
export function distinct(findings: Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = describe(finding);
    return !seen.has(key) && seen.add(key);
  });
}

export const describe = ({ rule, file, line, message }: Finding): string =>
  `${file}${line ? `:${line}` : ''} ${rule}: ${message}`;
