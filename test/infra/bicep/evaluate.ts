import type { Expression } from './expression.ts';
import { callFunction, type Scope } from './functions.ts';

/** What the names of a template stand for; `local` ones (of loops and lambdas) come first. */
export type Names = {
  scope: Scope;
  lookup: (name: string) => unknown;
  /** loadTextContent */
  loadText: (path: string) => string;
};

/** The value of an expression. Choices are lazy, as in ARM: only the branch that holds is looked at. */
export function evaluate(expression: Expression, names: Names): unknown {
  const of = (each: Expression) => evaluate(each, names);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'string':
      return expression.parts
        .map((part) => (typeof part === 'string' ? part : inText(of(part), part)))
        .join('');
    case 'name':
      return names.lookup(expression.name);
    case 'member':
      return member(of(expression.of), expression.property, expression);
    case 'index':
      return member(of(expression.of), of(expression.index) as string | number, expression);
    case 'call':
      return call(expression, names);
    case 'not':
      return !of(expression.of);
    case 'minus':
      return -(of(expression.of) as number);
    case 'binary':
      return binary(expression.operator, of(expression.left), () => of(expression.right));
    case 'choice':
      return of(expression.condition) ? of(expression.yes) : of(expression.no);
    case 'lambda':
      return (value: unknown) => evaluate(expression.body, within(names, { [expression.parameter]: value }));
    case 'array':
      return expression.items.map(of);
    case 'object':
      return Object.fromEntries(
        expression.properties.map(({ key, value }) => [
          key.kind === 'name' ? key.name : String(of(key)),
          of(value),
        ]),
      );
    case 'loop':
      return looped(expression, names).map((local) => evaluate(expression.body, local));
  }
}

/** The names of each turn of a loop; turns whose condition does not hold are left out. */
export function looped(
  loop: { item: string; index?: string; over: Expression; condition?: Expression },
  names: Names,
): Names[] {
  const { condition } = loop;
  const turns = (evaluate(loop.over, names) as unknown[]).map((value, index) =>
    within(names, { [loop.item]: value, ...(loop.index && { [loop.index]: index }) }),
  );
  return condition ? turns.filter((local) => evaluate(condition, local)) : turns;
}

const within = (names: Names, local: Record<string, unknown>): Names => ({
  ...names,
  lookup: (name) => (Object.hasOwn(local, name) ? local[name] : names.lookup(name)),
});

function call({ name, args, line }: Extract<Expression, { kind: 'call' }>, names: Names): unknown {
  const values = args.map((each) => evaluate(each, names));
  if (name === 'loadTextContent') return names.loadText(String(values[0]));
  try {
    return callFunction(name, values, names.scope);
  } catch (error) {
    throw new Error(`line ${line}: ${(error as Error).message}`);
  }
}

function binary(operator: string, left: unknown, right: () => unknown): unknown {
  switch (operator) {
    case '&&':
      return left && right();
    case '||':
      return left || right();
    case '??':
      return left ?? right();
    case '==':
      return left === right();
    case '!=':
      return left !== right();
    case '/':
      return Math.trunc((left as number) / (right() as number));
    case '>':
      return (left as number) > (right() as number);
    default:
      throw new Error(`The operator ${operator} is not among those the tests can evaluate.`);
  }
}

function member(of: unknown, key: string | number, { text, line }: Expression): unknown {
  const found =
    typeof of === 'object' && of !== null ? (of as Record<string | number, unknown>)[key] : undefined;
  if (found !== undefined) return found;
  throw new Error(`line ${line}: ${text} is not there.`);
}

function inText(value: unknown, { line, text }: Expression): string {
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  throw new Error(`line ${line}: ${text} is no text.`);
}
