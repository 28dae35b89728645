import { armError } from './armError.ts';

export type Filter = {
  /** Whether an object's members have the values asked for. */
  test(members: object): boolean;
  /** The calls in it, such as `atScope()`, by name with their argument. */
  calls: Record<string, string>;
};

/**
 * The part of OData's $filter that ARM's lists take: `member eq 'value'`, `member ne 'value'` and the calls named
 * here, joined by `and`. Throws ARM's 400 for anything else.
 * https://learn.microsoft.com/rest/api/resources/resources/list
 */
export function readFilter(
  text: string | null,
  members: readonly string[],
  callNames: readonly string[] = [],
): Filter {
  const calls: Record<string, string> = {};
  const tests: ((members: object) => boolean)[] = [];
  for (const clause of clausesOf(text?.trim() ?? '')) {
    const call = /^(\w+)\(\s*(?:'((?:[^']|'')*)')?\s*\)$/.exec(clause);
    const known = call && named(callNames, call[1]);
    if (known) {
      calls[known] = unquoted(call[2]);
      continue;
    }
    const [, left, operator, value] = /^([\w/]+)\s+(eq|ne)\s+'((?:[^']|'')*)'$/i.exec(clause) ?? [];
    const member = named(members, left);
    if (!member) {
      throw armError(
        400,
        'InvalidFilterInQueryString',
        `Invalid $filter '${text}' specified in the query string.`,
      );
    }
    const wanted = unquoted(value).toLowerCase();
    const equal = operator?.toLowerCase() === 'eq';
    tests.push(
      (each) => (String(Object(each)[member.split('/')[0] ?? ''] ?? '').toLowerCase() === wanted) === equal,
    );
  }
  return { calls, test: (each) => tests.every((test) => test(each)) };
}

/** Clauses between `and`, which may also stand within quotes. */
function clausesOf(text: string): string[] {
  if (text === '') return [];
  const clauses = [''];
  for (const part of text.split(/('(?:[^']|'')*'|\s+and\s+)/i)) {
    if (/^\s+and\s+$/i.test(part)) clauses.push('');
    else clauses[clauses.length - 1] += part;
  }
  return clauses.map((clause) => clause.trim());
}

const named = (names: readonly string[], name: string | undefined) =>
  names.find((each) => each.toLowerCase() === name?.toLowerCase());

const unquoted = (text: string | undefined) => (text ?? '').replaceAll("''", "'");
