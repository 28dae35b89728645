import type { Deployment, Files } from '../bicep/deployment.ts';
import { parseTemplate, type Template } from '../bicep/template.ts';

/** One thing wrong with the infrastructure: where, and what to do about it. */
export type Finding = { rule: string; file: string; line?: number; message: string };

/** What a check looks at: the files, each template read, and what deploying them would make. */
export type Subject = {
  files: Files;
  templates: readonly Template[];
  deployments: readonly Scenario[];
};
export type Scenario = { name: string; parameters: Record<string, unknown>; deployment: Deployment };
export type Check = (subject: Subject) => Finding[];

export const templatesOf = (files: Files): Template[] =>
  [...files].filter(([path]) => path.endsWith('.bicep')).map(([path, source]) => parseTemplate(path, source));

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
