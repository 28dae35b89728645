type Parameter = {
  name: string;
  optional: boolean;
  catchAll: boolean;
  fallback: string | undefined;
  checks: ((value: string) => boolean)[];
};

export type RouteTemplate = {
  /** Compares as ASP.NET does, segment by segment: literal, constrained parameter, parameter, catch-all. Lower goes first. */
  precedence: string;
  /** The parameters' values by name, or undefined when the path, which comes decoded, is another. */
  match(path: string): Record<string, string> | undefined;
};

const PARAMETER = /^\{(\*{0,2})([a-z_]\w*)((?::[^:=?{}]+)*)(?:=([^?{}]*))?(\?)?\}$/i;

/**
 * Reads a route like `predict/{model?}`, `items/{id:int}` or `files/{*name}`.
 * A segment is a literal or one parameter, whole: ASP.NET's `{name}.{ext}` is refused.
 * https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-templates
 * @throws when the template cannot be read
 */
export function parseRouteTemplate(template: string): RouteTemplate {
  const parts = template
    .split('/')
    .filter(Boolean)
    .map((segment) => (segment.includes('{') || segment.includes('}') ? parseParameter(segment) : segment));
  const misplaced = parts.slice(0, -1).find((part) => typeof part === 'object' && part.catchAll);
  if (typeof misplaced === 'object')
    throw new Error(`{*${misplaced.name}} takes the rest of the path, so it must come last`);
  return {
    precedence: parts.map(rank).join(''),
    match(path) {
      const values: Record<string, string> = {};
      const segments = path.slice(1).split('/');
      const count = segments.at(-1) === '' ? segments.length - 1 : segments.length;
      let at = 0;
      for (const part of parts) {
        const segment = at < count ? segments[at] : undefined;
        if (segment === '') return undefined; // a//b
        if (typeof part === 'string') {
          if (segment?.toLowerCase() !== part.toLowerCase()) return undefined;
          at += 1;
          continue;
        }
        // the rest with all its slashes, one at the end too
        const value = part.catchAll && segment ? segments.slice(at).join('/') : segment;
        at = part.catchAll ? count : at + 1;
        if (value === undefined) {
          if (part.fallback !== undefined) values[part.name] = part.fallback;
          else if (!part.optional && !part.catchAll) return undefined;
          continue;
        }
        if (!part.checks.every((check) => check(value))) return undefined;
        values[part.name] = value;
      }
      return at >= count ? values : undefined;
    },
  };
}

function parseParameter(segment: string): Parameter {
  const [whole, stars, name, constraints = '', fallback, optional] = PARAMETER.exec(segment) ?? [];
  if (!whole || !name)
    throw new Error(
      `cannot read the segment "${segment}"; expected a literal, {name}, {name?}, {name:int} or {*name}`,
    );
  return {
    name,
    optional: optional === '?',
    catchAll: Boolean(stars),
    fallback,
    checks: constraints.split(':').filter(Boolean).map(parseConstraint),
  };
}

function rank(part: string | Parameter): number {
  if (typeof part === 'string') return 1;
  if (part.catchAll) return part.checks.length > 0 ? 4 : 5;
  return part.checks.length > 0 ? 2 : 3;
}

type Check = (value: string) => boolean;

const number = (text: string | undefined) => Number(text ?? Number.NaN);

/** https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints, those without quotes or braces. */
const CONSTRAINTS: Record<string, (args: string[]) => Check> = {
  int: () => (value) => /^[+-]?\d+$/.test(value) && Math.abs(Number(value)) <= 2 ** 31,
  long: () => (value) => /^[+-]?\d+$/.test(value),
  bool: () => (value) => /^(?:true|false)$/i.test(value),
  guid: () => (value) => /^[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(value),
  alpha: () => (value) => /^[a-z]*$/i.test(value),
  decimal: () => (value) => /^[+-]?\d+(?:\.\d+)?$/.test(value),
  double: () => (value) => /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value),
  min:
    ([least]) =>
    (value) =>
      Number(value) >= number(least),
  max:
    ([most]) =>
    (value) =>
      Number(value) <= number(most),
  range:
    ([least, most]) =>
    (value) =>
      Number(value) >= number(least) && Number(value) <= number(most),
  minlength:
    ([least]) =>
    (value) =>
      value.length >= number(least),
  maxlength:
    ([most]) =>
    (value) =>
      value.length <= number(most),
  length:
    ([least, most]) =>
    (value) =>
      value.length >= number(least) && value.length <= number(most ?? least),
};

/** Reads "int" or "range(1,9)". @throws for a constraint this host does not know */
function parseConstraint(text: string): Check {
  const [, name = '', args = ''] = /^(\w+)(?:\((.*)\))?$/.exec(text) ?? [];
  const make = CONSTRAINTS[name.toLowerCase()];
  if (!make)
    throw new Error(
      `unknown route constraint "${text}"; this host knows ${Object.keys(CONSTRAINTS).join(', ')}`,
    );
  return make(args.split(',').map((arg) => arg.trim()));
}
