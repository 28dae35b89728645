import { fileURLToPath } from 'node:url';
import { Language, type Node, Parser } from 'web-tree-sitter';
import {
  type Expression,
  isComment,
  type Loop,
  need,
  plainText,
  toCondition,
  toExpression,
  toLoop,
  valueAt,
} from './expression.ts';
import { layoutErrors } from './layout.ts';

export type Decorator = { name: string; args: Expression[] };
type Declared = { name: string; line: number; decorators: Decorator[] };
export type Parameter = Declared & { type: string; fallback?: Expression };
export type Variable = Declared & { value: Expression };
export type Output = Declared & { type: string; value: Expression };
type Body = { body: Expression; condition?: Expression; loop?: Loop };
export type Resource = Declared & Body & { type: string; apiVersion: string; existing: boolean };
export type Module = Declared & Body & { path: string };
export type Template = {
  path: string;
  source: string;
  targetScope: string;
  extensions: string[];
  parameters: Parameter[];
  variables: Variable[];
  resources: Resource[];
  modules: Module[];
  outputs: Output[];
  /** What the grammar could not read, as "line 3: …". */
  errors: { line: number; text: string }[];
};

const wasm = (name: string) => fileURLToPath(import.meta.resolve(name));

await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(wasm('tree-sitter-bicep/tree-sitter-bicep.wasm')));
const known = new Map<string, Template>();

/** The grammar (1.1.0) is older than the statement `extension`; `import` of the same length keeps every position. */
const withoutExtensions = (source: string): string =>
  source.replace(/^extension (\w+)(?=\s*$)/gmu, (_line, name: string) => `import  '${name}'`);

/** Reads one Bicep file; what it cannot read is among `errors`. The same text is read once. */
export function parseTemplate(path: string, source: string): Template {
  const key = `${path}\n${source}`;
  const found = known.get(key) ?? read(path, source);
  known.set(key, found);
  return found;
}

function read(path: string, source: string): Template {
  const tree = need(parser.parse(withoutExtensions(source)), {} as Node);
  const template: Template = {
    path,
    source,
    targetScope: 'resourceGroup',
    extensions: [],
    parameters: [],
    variables: [],
    resources: [],
    modules: [],
    outputs: [],
    errors: [...unreadable(tree.rootNode), ...layoutErrors(tree.rootNode)],
  };
  if (template.errors.length > 0) return template;
  let decorators: Decorator[] = [];
  for (const node of tree.rootNode.namedChildren.filter((each) => !isComment(each))) {
    if (node.type === 'decorators') {
      decorators = node.namedChildren.filter((each) => !isComment(each)).map(toDecorator);
      continue;
    }
    try {
      addStatement(template, node, decorators);
    } catch (error) {
      template.errors.push({ line: node.startPosition.row + 1, text: (error as Error).message });
    }
    decorators = [];
  }
  tree.delete();
  return template;
}

function addStatement(template: Template, node: Node, decorators: Decorator[]): void {
  const children = node.namedChildren.filter((each) => !isComment(each));
  const [first, second, third] = children;
  const declared = { name: first?.text ?? '', line: node.startPosition.row + 1, decorators };
  switch (node.type) {
    case 'parameter_declaration':
      template.parameters.push({
        ...declared,
        type: need(second, node).text,
        ...(third && { fallback: toExpression(third) }),
      });
      return;
    case 'variable_declaration':
      template.variables.push({ ...declared, value: toExpression(need(second, node)) });
      return;
    case 'output_declaration':
      template.outputs.push({
        ...declared,
        type: need(second, node).text,
        value: toExpression(need(third, node)),
      });
      return;
    case 'resource_declaration': {
      const [type = '', apiVersion = ''] = (plainText(toExpression(need(second, node))) ?? '').split('@');
      const existing = node.children.some((each) => each.type === 'existing');
      template.resources.push({ ...declared, type, apiVersion, existing, ...toBody(need(third, node)) });
      return;
    }
    case 'module_declaration': {
      const path = plainText(toExpression(need(second, node))) ?? '';
      template.modules.push({ ...declared, path, ...toBody(need(third, node)) });
      return;
    }
    case 'target_scope_assignment':
      template.targetScope = plainText(toExpression(need(first, node))) ?? '';
      return;
    case 'import_statement':
      template.extensions.push(plainText(toExpression(need(first, node))) ?? '');
      return;
    case 'metadata_declaration':
      return;
    default:
      throw new Error(`${node.type} is not understood: ${node.text.slice(0, 80)}`);
  }
}

function toBody(node: Node): Body {
  if (node.type === 'if_statement') return toCondition(node);
  if (node.type !== 'for_statement') return { body: toExpression(node) };
  const { body, condition, ...loop } = toLoop(node);
  return { body, loop, ...(condition && { condition }) };
}

function toDecorator(node: Node): Decorator {
  const call = toExpression(need(node.namedChildren[0], node));
  return call.kind === 'call' ? { name: call.name, args: call.args } : { name: node.text, args: [] };
}

function* unreadable(node: Node): Generator<{ line: number; text: string }> {
  if (!node.hasError) return;
  if (node.isError || node.isMissing) {
    yield { line: node.startPosition.row + 1, text: node.text.slice(0, 80) || `${node.type} is missing` };
    return;
  }
  for (const child of node.children) yield* unreadable(child);
}

/** The parameters a module is given. */
export const passedParameters = (module: Module) => {
  const params = valueAt(module.body, 'params');
  return params?.kind === 'object' ? params.properties : [];
};
