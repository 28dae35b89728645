import { parseConstraint } from './routeConstraints.ts';

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
  /** The parameters' values by name, or undefined when the path is another. Segments come decoded. */
  match(segments: readonly string[]): Record<string, string> | undefined;
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
    match(segments) {
      const values: Record<string, string> = {};
      let at = 0;
      for (const part of parts) {
        const segment = segments[at];
        if (typeof part === 'string') {
          if (segment?.toLowerCase() !== part.toLowerCase()) return undefined;
          at += 1;
          continue;
        }
        const value = part.catchAll ? segments.slice(at).join('/') : segment;
        at = part.catchAll ? segments.length : at + 1;
        if (value === undefined || value === '') {
          if (part.fallback !== undefined) values[part.name] = part.fallback;
          else if (!part.optional && !part.catchAll) return undefined;
          continue;
        }
        if (!part.checks.every((check) => check(value))) return undefined;
        values[part.name] = value;
      }
      return at >= segments.length ? values : undefined;
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
