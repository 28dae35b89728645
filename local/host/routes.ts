import { messageOf } from '../thrown.ts';
import { parseRouteTemplate, type RouteTemplate } from './routeTemplate.ts';
import type { TriggeredFunction } from './triggers.ts';

export type Route = {
  function: TriggeredFunction;
  methods: readonly string[];
  /** `anonymous` asks for no key. */
  authLevel: string;
};

/** The route for a path and method with its parameters, or undefined, which is answered by 404. */
export type FindRoute = (
  method: string,
  path: string,
) => { route: Route; params: Record<string, string> } | undefined;

const ALL_METHODS = ['GET', 'POST', 'DELETE', 'HEAD', 'PATCH', 'PUT', 'OPTIONS', 'TRACE'];

/** @throws for routes that the real host refuses: reserved ones, and one route and method for two functions */
export function createRoutes(functions: readonly TriggeredFunction[], prefix: string): FindRoute {
  const taken = new Map<string, string>();
  const routes: (Route & { template: RouteTemplate })[] = [];
  for (const each of functions) {
    if (each.type !== 'httpTrigger') continue;
    const { functionName, binding } = each;
    const own = String(binding.route || functionName).replace(/^\/+|\/+$/g, '');
    if (/^(?:admin|runtime)/i.test(own))
      throw new Error(
        `Function ${functionName}: the route "${own}" conflicts with built-in ones; begin it otherwise.`,
      );
    const methods = methodsOf(binding.methods);
    for (const method of methods) {
      const key = `${method} ${own.toLowerCase()}`;
      const other = taken.get(key);
      if (other)
        throw new Error(
          `Functions ${other} and ${functionName} both have the route ${method} ${own}; change one.`,
        );
      taken.set(key, functionName);
    }
    routes.push({
      function: each,
      methods,
      authLevel: String(binding.authLevel ?? 'function').toLowerCase(),
      template: readTemplate(functionName, `${prefix}/${own}`),
    });
  }
  routes.sort((a, b) => a.template.precedence.localeCompare(b.template.precedence));
  return (method, path) => {
    for (const route of routes) {
      const params = route.methods.includes(method) ? route.template.match(path) : undefined;
      if (params) return { route, params };
    }
    return undefined;
  };
}

function methodsOf(option: unknown): string[] {
  return Array.isArray(option) && option.length > 0
    ? option.map((method) => String(method).toUpperCase())
    : ALL_METHODS;
}

function readTemplate(functionName: string, route: string): RouteTemplate {
  try {
    return parseRouteTemplate(route);
  } catch (cause) {
    throw new Error(`Function ${functionName}: route "${route}": ${messageOf(cause)}.`, { cause });
  }
}
