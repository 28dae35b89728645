import versions from '../data/apiVersions.json' with { type: 'json' };
import type { Check } from './finding.ts';

const known: Record<string, string> = versions.versions;

/** Every resource is of a known type, at its latest stable version. */
export const apiVersions: Check = ({ templates }) =>
  templates.flatMap(({ path: file, resources }) =>
    resources
      .filter(({ type, apiVersion }) => known[type] !== apiVersion)
      .map(({ name, type, apiVersion, line }) => ({
        rule: 'apiVersions',
        file,
        line,
        message: `${name} is of ${type}@${apiVersion}; expected ${known[type] ?? 'a type of test/infra/data/apiVersions.json'}.`,
      })),
  );
