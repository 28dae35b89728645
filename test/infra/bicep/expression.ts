import type { Node } from 'web-tree-sitter';

/** A Bicep expression, without what is only layout. `line` counts from 1; `text` is the source as it stands. */
export type Expression = { line: number; text: string } & Shape;
type Shape =
  | { kind: 'literal'; value: number | boolean | null }
  | { kind: 'string'; parts: (string | Expression)[] }
  | { kind: 'name'; name: string }
  | { kind: 'member'; of: Expression; property: string; safe: boolean }
  | { kind: 'index'; of: Expression; index: Expression }
  | { kind: 'call'; name: string; of?: Expression; args: Expression[] }
  | { kind: 'not' | 'minus'; of: Expression }
  | { kind: 'binary'; operator: string; left: Expression; right: Expression }
  | { kind: 'choice'; condition: Expression; yes: Expression; no: Expression }
  | { kind: 'lambda'; parameter: string; body: Expression }
  | { kind: 'array'; items: Expression[] }
  | { kind: 'object'; properties: Property[] }
  | ({ kind: 'loop'; body: Expression } & Loop);
export type Property = { key: Expression; value: Expression; line: number };
export type ObjectExpression = Extract<Expression, { kind: 'object' }>;
export type Loop = { item: string; index?: string; over: Expression; condition?: Expression };

/** Bindings below which the grammar binds `.` and `[` too loosely: `a ? b : c.d` comes as `(a ? b : c).d`. */
const LOOSE = { choice: 'no', binary: 'right', not: 'of', minus: 'of', lambda: 'body' } as const;

export function toExpression(node: Node): Expression {
  const at = { line: node.startPosition.row + 1, text: node.text };
  const child = (name: string) => toExpression(need(node.childForFieldName(name), node));
  const children = node.namedChildren.filter((each) => !isComment(each));
  switch (node.type) {
    case 'number':
      return { ...at, kind: 'literal', value: Number(node.text) };
    case 'boolean':
      return { ...at, kind: 'literal', value: node.text === 'true' };
    case 'null':
      return { ...at, kind: 'literal', value: null };
    case 'string':
      return { ...at, kind: 'string', parts: stringParts(node) };
    case 'identifier':
      return { ...at, kind: 'name', name: node.text };
    case 'parenthesized_expression':
      return { ...toExpression(need(children[0], node)), text: node.text };
    case 'member_expression': {
      const property = need(node.childForFieldName('property'), node).text;
      const safe = node.children.some((each) => each.type === '.?');
      return bound(child('object'), node, (of) => ({ ...at, kind: 'member', of, property, safe }));
    }
    case 'subscript_expression':
      return bound(child('object'), node, (of) => ({ ...at, kind: 'index', of, index: child('index') }));
    case 'call_expression':
      return toCall(node, at);
    case 'unary_expression':
      return {
        ...at,
        kind: node.childForFieldName('operator')?.text === '!' ? 'not' : 'minus',
        of: child('argument'),
      };
    case 'binary_expression':
      return {
        ...at,
        kind: 'binary',
        operator: need(node.childForFieldName('operator'), node).text,
        left: child('left'),
        right: child('right'),
      };
    case 'ternary_expression':
      return {
        ...at,
        kind: 'choice',
        condition: child('condition'),
        yes: child('consequence'),
        no: child('alternative'),
      };
    case 'lambda_expression':
      return {
        ...at,
        kind: 'lambda',
        parameter: need(children[0], node).text,
        body: toExpression(need(children[1], node)),
      };
    case 'array':
      return { ...at, kind: 'array', items: children.map(toExpression) };
    case 'object':
      return { ...at, kind: 'object', properties: children.map(toProperty) };
    case 'for_statement':
      return { ...at, kind: 'loop', ...toLoop(node) };
    default:
      throw new Error(`${node.type} is not understood here: ${node.text}`);
  }
}

/** The node’s head, range and body, where the body may stand behind an `if`. */
export function toLoop(node: Node): Loop & { body: Expression } {
  const body = need(node.childForFieldName('body'), node);
  const both = node.namedChildren.find((each) => each.type === 'for_loop_parameters');
  const item = both ? both.namedChildren[0]?.text : node.childForFieldName('initializer')?.text;
  const over = node.namedChildren.filter((each) => !isComment(each) && each.type !== 'for_loop_parameters')[
    both ? 0 : 1
  ];
  const index = both?.namedChildren[1]?.text;
  const guarded = body.type === 'if_statement' ? toCondition(body) : { body: toExpression(body) };
  return { item: item ?? '', ...(index && { index }), over: toExpression(need(over, node)), ...guarded };
}

/** `if (condition) { … }` */
export function toCondition(node: Node): { condition: Expression; body: Expression } {
  const [condition, body] = node.namedChildren.filter((each) => !isComment(each));
  return { condition: toExpression(need(condition, node)), body: toExpression(need(body, node)) };
}

/** The text of a string without interpolation. */
export function plainText(expression: Expression | undefined): string | undefined {
  if (expression?.kind !== 'string') return undefined;
  return expression.parts.every((part) => typeof part === 'string') ? expression.parts.join('') : undefined;
}

/** The value at a path of an object expression. */
export function valueAt(expression: Expression | undefined, ...path: string[]): Expression | undefined {
  const [first, ...rest] = path;
  if (first === undefined || expression?.kind !== 'object')
    return first === undefined ? expression : undefined;
  const found = expression.properties.find(({ key }) => (plainText(key) ?? key.text) === first);
  return valueAt(found?.value, ...rest);
}

/** The expression and all within it. */
export function* walk(expression: Expression): Generator<Expression> {
  yield expression;
  for (const value of Object.values(expression)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (isExpression(each)) yield* walk(each);
      else if (isProperty(each)) {
        if (each.key.kind !== 'name') yield* walk(each.key);
        yield* walk(each.value);
      }
    }
  }
}

const isExpression = (value: unknown): value is Expression =>
  typeof value === 'object' && value !== null && 'kind' in value;
const isProperty = (value: unknown): value is Property =>
  typeof value === 'object' && value !== null && 'key' in value && 'value' in value;

export const isComment = (node: Node): boolean => node.type.endsWith('comment');

export function need<T>(value: T | null | undefined, node: Node): T {
  if (value === null || value === undefined) {
    throw new Error(`Line ${node.startPosition.row + 1} is not complete: ${node.text.slice(0, 80)}`);
  }
  return value;
}

/** Puts what was bound to the whole of a loose expression onto its last operand. */
function bound(of: Expression, node: Node, make: (of: Expression) => Expression): Expression {
  const last = LOOSE[of.kind as keyof typeof LOOSE];
  const parenthesized = of.text.startsWith('(');
  if (!last || parenthesized) return make(of);
  const operand = of[last as keyof typeof of] as unknown as Expression;
  return { ...of, text: node.text, [last]: bound(operand, node, make) } as Expression;
}

function toCall(node: Node, at: { line: number; text: string }): Expression {
  const called = toExpression(need(node.childForFieldName('function'), node));
  const args = need(node.childForFieldName('arguments'), node)
    .namedChildren.filter((each) => !isComment(each))
    .map(toExpression);
  return bound(called, node, (of) => {
    if (of.kind === 'name') return { ...at, kind: 'call', name: of.name, args };
    if (of.kind === 'member') return { ...at, kind: 'call', name: of.property, of: of.of, args };
    throw new Error(`Line ${at.line}: ${at.text} is no call.`);
  });
}

function toProperty(node: Node): Property {
  const [key, value] = node.namedChildren.filter((each) => !isComment(each));
  if (node.type !== 'object_property') throw new Error(`${node.type} is not understood: ${node.text}`);
  return {
    key: toExpression(need(key, node)),
    value: toExpression(need(value, node)),
    line: node.startPosition.row + 1,
  };
}

/** From the source: the grammar takes blanks behind an interpolation for layout. */
function stringParts(node: Node): (string | Expression)[] {
  const quote = node.text.startsWith("'''") ? 3 : 1;
  const parts: (string | Expression)[] = [];
  let from = quote;
  const literal = (to: number) => {
    const text = node.text.slice(from, to);
    if (text) parts.push(quote === 3 ? text : text.replace(/\\(.)/gu, unescaped));
  };
  for (const each of node.namedChildren.filter(({ type }) => type === 'interpolation')) {
    literal(each.startIndex - node.startIndex);
    parts.push(toExpression(need(each.namedChildren[0], each)));
    from = each.endIndex - node.startIndex;
  }
  literal(node.text.length - quote);
  return parts;
}

const unescaped = (_whole: string, letter: string): string =>
  ({ n: '\n', r: '\r', t: '\t' })[letter] ?? letter;
