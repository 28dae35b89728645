import type { Expression } from './expression.ts';
import { plainText } from './expression.ts';
import type { Parameter } from './template.ts';

/** Why a parameter does not take a value: its type, @allowed, lengths and bounds. Never called with a secret. */
export function valueProblems({ name, type, decorators }: Parameter, value: unknown): string[] {
  const problems: string[] = [];
  const tell = (expected: string) =>
    problems.push(`${name} must be ${expected}, got ${JSON.stringify(value) ?? 'nothing'}`);
  if (typeOf(value) !== type) tell(`of type ${type}`);
  const size = typeof value === 'number' ? value : ((value as string | undefined)?.length ?? 0);
  for (const { name: decorator, args } of decorators) {
    const [argument] = args;
    const bound = argument?.kind === 'literal' ? Number(argument.value) : Number.NaN;
    if (decorator === 'allowed' && !allowed(argument).includes(value)) tell(`one of ${argument?.text}`);
    if (decorator === 'minLength' && size < bound) tell(`at least ${bound} characters long`);
    if (decorator === 'maxLength' && size > bound) tell(`at most ${bound} characters long`);
    if (decorator === 'minValue' && size < bound) tell(`at least ${bound}`);
    if (decorator === 'maxValue' && size > bound) tell(`at most ${bound}`);
  }
  return problems;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return 'int';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function allowed(list: Expression | undefined): unknown[] {
  if (list?.kind !== 'array') return [];
  return list.items.map((item) => (item.kind === 'literal' ? item.value : plainText(item)));
}
