import { posix } from 'node:path';
import { evaluate, looped, type Names } from './evaluate.ts';
import { type Expression, valueAt } from './expression.ts';
import type { Scope } from './functions.ts';
import { valueProblems } from './parameters.ts';
import { answering } from './runtime.ts';
import { type Module, parseTemplate, type Resource, type Template } from './template.ts';

export type Files = ReadonlyMap<string, string>;
export type Deployed = {
  file: string;
  line: number;
  symbol: string;
  type: string;
  existing: boolean;
  name: string;
  id: string;
  /** Id of the resource or group it stands on. */
  scope: string;
  /** Its body with every expression resolved. */
  body: Record<string, unknown>;
};
export type Deployment = {
  resources: Deployed[];
  outputs: Record<string, unknown>;
  /** Values that parameters do not take, and expressions that cannot be resolved. */
  problems: { file: string; line: number; text: string }[];
};

export const SUBSCRIPTION_ID = '00000000-0000-4000-8000-000000000001';
const EVERYTHING: Scope = { subscriptionId: SUBSCRIPTION_ID, location: 'westeurope' };

/** What deploying a file with these parameters would make: modules followed, conditions and loops resolved. */
export function deploy(
  files: Files,
  path: string,
  parameters: Record<string, unknown>,
  scope = EVERYTHING,
): Deployment {
  const sink: Deployment = { resources: [], outputs: {}, problems: [] };
  sink.outputs = run({ files, sink }, path, parameters, scope);
  return sink;
}

type Run = { files: Files; sink: Deployment };

/** One template; its outputs. Modules run when something asks for their outputs, or at the end. */
function run(all: Run, path: string, given: Record<string, unknown>, scope: Scope): Record<string, unknown> {
  const source = all.files.get(path);
  if (source === undefined) throw new Error(`There is no ${path}.`);
  const template = parseTemplate(path, source);
  const names = namesOf(all, template, given, scope);
  for (const each of [...template.resources, ...template.modules]) {
    attempt(all, path, each.line, () => names.lookup(each.name));
  }
  const outputs: Record<string, unknown> = {};
  for (const { name, value, line } of template.outputs) {
    attempt(all, path, line, () => {
      outputs[name] = evaluate(value, names);
    });
  }
  return outputs;
}

function namesOf(all: Run, template: Template, given: Record<string, unknown>, scope: Scope): Names {
  const { path } = template;
  const lazy = new Map<string, () => unknown>();
  const names: Names = {
    scope,
    lookup(name) {
      const found = lazy.get(name);
      if (!found) throw new Error(`${name} is not declared in ${path}.`);
      return found();
    },
    loadText(file) {
      const text = all.files.get(posix.join(posix.dirname(path), file));
      if (text === undefined) throw new Error(`loadTextContent: there is no ${file}.`);
      return text;
    },
  };
  for (const parameter of template.parameters) {
    const { name, fallback, line } = parameter;
    const read = () => {
      const value = Object.hasOwn(given, name) ? given[name] : fallback && evaluate(fallback, names);
      for (const text of valueProblems(parameter, value)) all.sink.problems.push({ file: path, line, text });
      return value;
    };
    lazy.set(name, once(read));
  }
  for (const { name, value } of template.variables) {
    lazy.set(
      name,
      once(() => evaluate(value, names)),
    );
  }
  for (const each of template.resources) {
    lazy.set(
      each.name,
      once(() => makeResources(all, path, each, names)),
    );
  }
  for (const each of template.modules) {
    lazy.set(
      each.name,
      once(() => runModule(all, path, each, names)),
    );
  }
  return names;
}

function makeResources(all: Run, file: string, resource: Resource, names: Names): unknown {
  const { loop, condition } = resource;
  if (loop) return looped(loop, names).map((local) => makeResource(all, file, resource, local));
  if (condition && !evaluate(condition, names)) return undefined;
  return makeResource(all, file, resource, names);
}

/** Notes the resource, and answers what other expressions see of it. */
function makeResource({ sink }: Run, file: string, resource: Resource, names: Names): unknown {
  const { body, type, existing, line, name: symbol } = resource;
  const at = (key: string) => {
    const found = valueAt(body, key);
    return found && evaluate(found, names);
  };
  const name = String(at('name') ?? at('uniqueName') ?? symbol);
  const parent = at('parent') as { id: string } | undefined;
  const on = at('scope') as { id: string } | Scope | undefined;
  const scope = on === undefined ? scopeId(names.scope) : 'id' in on ? on.id : scopeId(on);
  const isGroup = type === 'Microsoft.Resources/resourceGroups';
  const id = parent
    ? `${parent.id}/${type.split('/').at(-1)}/${name}`
    : `${scope}/${isGroup ? 'resourceGroups' : `providers/${type}`}/${name}`;
  const own = evaluate(without(body, ['parent', 'scope', 'dependsOn']), names);
  const deployed = { file, line, symbol, type, existing, name, id, scope, body: own as Deployed['body'] };
  if (!existing) sink.resources.push(deployed);
  return {
    ...answering(type, { ...deployed.body, name, id }),
    ...(isGroup && { ...names.scope, group: name }),
  };
}

function runModule(all: Run, file: string, module: Module, names: Names): unknown {
  if (module.condition && !evaluate(module.condition, names)) return undefined;
  const scope = valueAt(module.body, 'scope');
  const { subscriptionId, group, location } = scope ? (evaluate(scope, names) as Scope) : names.scope;
  const params = valueAt(module.body, 'params');
  const given = params ? (evaluate(params, names) as Record<string, unknown>) : {};
  const path = posix.join(posix.dirname(file), module.path);
  return { outputs: run(all, path, given, { subscriptionId, ...(group && { group }), location }) };
}

function attempt({ sink }: Run, file: string, line: number, what: () => void): void {
  try {
    what();
  } catch (error) {
    sink.problems.push({ file, line, text: (error as Error).message });
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const scopeId = ({ subscriptionId, group }: Scope): string =>
  `/subscriptions/${subscriptionId}${group ? `/resourceGroups/${group}` : ''}`;

function without(body: Expression, keys: string[]): Expression {
  if (body.kind !== 'object') return body;
  return { ...body, properties: body.properties.filter(({ key }) => !keys.includes(key.text)) };
}
