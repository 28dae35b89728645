import type { Deployment } from '../bicep/deployment.ts';
import data from '../data/names.json' with { type: 'json' };
import type { Check, Finding } from './finding.ts';

const rules = new Map(Object.entries(data.rules).map(([type, rule]) => [type, new RegExp(rule, 'u')]));

/** Every name keeps to Azure’s length and characters. */
export const names: Check = ({ deployments }) =>
  deployments.flatMap(({ deployment }) => nameFindings(deployment));

export const nameFindings = ({ resources }: Deployment): Finding[] =>
  resources
    .filter(({ type, name }) => !(rules.get(type)?.test(name) ?? true))
    .map(({ type, name, file, line, symbol }) => ({
      rule: 'names',
      file,
      line,
      message: `${symbol}: ${name} is no name for ${type}; expected ${rules.get(type)?.source}.`,
    }));
