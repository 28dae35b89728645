import data from '../data/names.json' with { type: 'json' };
import type { Scenario } from '../scenarios.ts';
import { type Check, called, type Finding } from './finding.ts';

const rules = new Map(Object.entries(data.rules).map(([type, rule]) => [type, new RegExp(rule, 'u')]));

/** Every name keeps to Azure’s length and characters. */
export const names: Check = ({ scenarios }) => scenarios.flatMap(nameFindings);

export const nameFindings = ({ resources, template }: Pick<Scenario, 'resources' | 'template'>): Finding[] =>
  resources
    .filter(({ type, name }) => !(rules.get(type)?.test(name) ?? true))
    .map((resource) => ({
      rule: 'names',
      file: template,
      message: `${called(resource)}: this is no name for ${resource.type}; expected ${rules.get(resource.type)?.source}.`,
    }));
