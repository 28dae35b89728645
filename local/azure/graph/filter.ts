import { graphError, unsupportedQuery } from './graphError.ts';

/** What a service principal can be filtered by: https://learn.microsoft.com/graph/api/resources/serviceprincipal#properties */
const TEXTS = ['id', 'appId', 'displayName', 'servicePrincipalType'];
const LISTS = ['servicePrincipalNames', 'alternativeNames'];
/** Needs ConsistencyLevel: eventual and $count=true: https://learn.microsoft.com/graph/aad-advanced-queries */
const ADVANCED = /^(endswith\(|not\b|\w+\s+ne\b)/i;

type Test = (members: Record<string, unknown>) => boolean;

/** The test that a $filter stands for: `eq`, `ne`, startswith, endswith and `any`, with `and`, or with `or`. */
export function readGraphFilter(text: string, advanced: boolean): Test {
  const [clauses, joined] = split(text);
  const tests = clauses.map((clause) => {
    if (ADVANCED.test(clause) && !advanced) {
      throw unsupportedQuery(
        `Operator is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information`,
      );
    }
    return clauseTest(clause);
  });
  return joined === 'or'
    ? (each) => tests.some((test) => test(each))
    : (each) => tests.every((test) => test(each));
}

function clauseTest(clause: string): Test {
  const [, left, operator, value] = /^(\w+)\s+(eq|ne)\s+'((?:[^']|'')*)'$/i.exec(clause) ?? [];
  if (left) {
    const member = filterable(TEXTS, left);
    const wanted = unquoted(value);
    const equal = operator?.toLowerCase() === 'eq';
    return (each) => (lower(each[member]) === wanted) === equal;
  }
  const [, call, of, part] =
    /^(startswith|endswith)\(\s*(\w+)\s*,\s*'((?:[^']|'')*)'\s*\)$/i.exec(clause) ?? [];
  if (call && of) {
    const member = filterable(TEXTS, of);
    const wanted = unquoted(part);
    return (each) =>
      call.toLowerCase() === 'startswith'
        ? lower(each[member]).startsWith(wanted)
        : lower(each[member]).endsWith(wanted);
  }
  const [, list, name, inner, one] =
    /^(\w+)\/any\(\s*(\w+)\s*:\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*\)$/i.exec(clause) ?? [];
  if (list && name === inner) {
    const member = filterable(LISTS, list);
    const wanted = unquoted(one);
    return (each) => (each[member] as string[]).some((entry) => lower(entry) === wanted);
  }
  throw graphError(400, 'BadRequest', `Invalid filter clause: '${clause}' is not understood.`);
}

function filterable(members: readonly string[], name: string): string {
  const member = members.find((each) => each === name);
  if (member) return member;
  throw unsupportedQuery(
    `Unsupported or invalid query filter clause specified for property '${name}' of resource 'ServicePrincipal'.`,
  );
}

/** Clauses between `and`, or between `or`, which may also stand within quotes. */
function split(text: string): [clauses: string[], joined: 'and' | 'or'] {
  const clauses = [''];
  const joins = new Set<string>();
  for (const part of text.trim().split(/('(?:[^']|'')*'|\s+(?:and|or)\s+)/i)) {
    if (/^\s+(and|or)\s+$/i.test(part)) {
      joins.add(part.trim().toLowerCase());
      clauses.push('');
    } else clauses[clauses.length - 1] += part;
  }
  if (joins.size > 1) throw unsupportedQuery('Complex query on property is not supported: and with or.');
  return [clauses.map((clause) => clause.trim()), joins.has('or') ? 'or' : 'and'];
}

const lower = (value: unknown) => String(value ?? '').toLowerCase();
const unquoted = (text: string | undefined) => (text ?? '').replaceAll("''", "'").toLowerCase();
