import { type Expression, plainText, valueAt, walk } from '../bicep/expression.ts';
import { passedParameters, type Template } from '../bicep/template.ts';
import type { Check, Finding } from './finding.ts';

/** Every file can be read, and every expression resolved, in every scenario. */
export const readable: Check = ({ templates, deployments }) => [
  ...templates.flatMap(({ path: file, errors }) =>
    errors.map(({ line, text }) => ({ rule: 'syntax', file, line, message: text })),
  ),
  ...deployments.flatMap(({ name, deployment }) =>
    deployment.problems.map(({ file, line, text }) => ({
      rule: 'value',
      file,
      line,
      message: `${text} (${name})`,
    })),
  ),
];

/** Every parameter and output says what it is. */
export const described: Check = ({ templates }) =>
  templates.flatMap(({ path: file, parameters, outputs }) =>
    [...parameters, ...outputs]
      .filter(({ decorators }) => {
        const text = decorators.find(({ name }) => name === 'description')?.args[0];
        return !plainText(text)?.trim();
      })
      .map(({ name, line }) => ({ rule: 'described', file, line, message: `${name} has no @description.` })),
  );

/** Nothing is declared that nothing uses. */
export const used: Check = ({ templates }) =>
  templates.flatMap((template) => {
    const names = new Set(usedNames(template));
    const { path: file, parameters, variables, resources } = template;
    const declared = [...parameters, ...variables, ...resources.filter(({ existing }) => existing)];
    return declared
      .filter(({ name }) => !names.has(name))
      .map(({ name, line }) => ({ rule: 'used', file, line, message: `Nothing uses ${name}: remove it.` }));
  });

/** Every name is declared, and once. */
export const declared: Check = ({ templates }) =>
  templates.flatMap((template): Finding[] => {
    const { path: file, parameters, variables, resources, modules } = template;
    const all = [...parameters, ...variables, ...resources, ...modules];
    const names = all.map(({ name }) => name);
    const local = new Set(localNames(template));
    const tell = (line: number, message: string) => ({ rule: 'declared', file, line, message });
    const unknown = [...expressionsOf(template)]
      .flatMap((expression) => [...walk(expression)])
      .filter((each) => each.kind === 'name' && !names.includes(each.name) && !local.has(each.name));
    const twice = all.filter(({ name }, index) => names.indexOf(name) !== index);
    return [
      ...unknown.map(({ line, text }) => tell(line, `${text} is not declared.`)),
      ...twice.map(({ name, line }) => tell(line, `${name} is declared twice.`)),
    ];
  });

/** Modules exist, and get the parameters they take and need, no others. */
export const modules: Check = ({ templates }) => {
  const byPath = new Map(templates.map((template) => [template.path, template]));
  return templates.flatMap((template) =>
    template.modules.flatMap((module): Finding[] => {
      const at = { rule: 'modules', file: template.path, line: module.line };
      const target = byPath.get(`${template.path.replace(/[^/]+$/u, '')}${module.path}`);
      if (!target) return [{ ...at, message: `${module.name}: there is no ${module.path}.` }];
      const passed = passedParameters(module).map(({ key }) => key.text);
      const taken = target.parameters.map(({ name }) => name);
      const needed = target.parameters.filter(({ fallback }) => !fallback).map(({ name }) => name);
      const unknown = passed.filter((name) => !taken.includes(name));
      const missing = needed.filter((name) => !passed.includes(name));
      const scoped = template.targetScope === target.targetScope || valueAt(module.body, 'scope');
      return [
        ...(scoped
          ? []
          : [{ ...at, message: `${module.name} needs a scope: ${module.path} is for a group.` }]),
        ...unknown.map((name) => ({ ...at, message: `${module.path} has no parameter ${name}.` })),
        ...missing.map((name) => ({ ...at, message: `${module.path} needs the parameter ${name}.` })),
      ];
    }),
  );
};

export function* expressionsOf(template: Template): Generator<Expression> {
  for (const { fallback } of template.parameters) if (fallback) yield fallback;
  for (const { value } of [...template.variables, ...template.outputs]) yield value;
  for (const { body, condition, loop } of [...template.resources, ...template.modules]) {
    yield body;
    if (condition) yield condition;
    if (loop) yield loop.over;
  }
}

function* localNames({ resources, modules, ...template }: Template): Generator<string> {
  for (const { loop } of [...resources, ...modules]) {
    if (loop) yield* [loop.item, loop.index ?? ''];
  }
  for (const expression of expressionsOf({ ...template, resources, modules })) {
    for (const each of walk(expression)) {
      if (each.kind === 'lambda') yield each.parameter;
      if (each.kind === 'loop') yield* [each.item, each.index ?? ''];
    }
  }
}

function* usedNames(template: Template): Generator<string> {
  for (const expression of expressionsOf(template)) {
    for (const each of walk(expression)) if (each.kind === 'name') yield each.name;
  }
}

/** What must come after what, and says so by nothing else: file, symbol, and what it needs. */
const ORDER = [['infra/roles-vision.bicep', 'predicting', 'predictor']] as const;

/** Where no expression makes the order, dependsOn does. */
export const ordered: Check = ({ templates }) =>
  ORDER.flatMap(([file, symbol, needed]): Finding[] => {
    const template = templates.find(({ path }) => path === file);
    const found = [...(template?.resources ?? []), ...(template?.modules ?? [])].find(
      ({ name }) => name === symbol,
    );
    const depends = found && valueAt(found.body, 'dependsOn');
    const names = depends?.kind === 'array' ? depends.items.map(({ text }) => text) : [];
    if (names.includes(needed)) return [];
    const line = found?.line ?? 1;
    return [{ rule: 'ordered', file, line, message: `${symbol} must depend on ${needed}.` }];
  });
