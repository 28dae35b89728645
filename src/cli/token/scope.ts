import { DEFAULT_SCOPE as DEFAULT, isScope } from '../../settings/callers.ts';
import { UsageError } from '../faults.ts';

/** One scope as managed identities take it: an API’s address or client id with /.default behind. Throws a UsageError. */
export function readScope(text: string): string {
  const scopes = text.split(/[\s,;]+/u).filter(Boolean);
  const [scope = '', ...others] = scopes;
  if (others.length > 0) {
    throw new UsageError(
      `Expected one scope, got ${scopes.length}: a token is for one API.`,
      `Ask for each by itself: keyless token --scope ${scope}`,
    );
  }
  if (!scope.endsWith(DEFAULT) || scope === DEFAULT) {
    throw new UsageError(
      `Expected a scope that ends in ${DEFAULT}, got ${JSON.stringify(scope)}: an identity gets all its app roles at once, none by name.`,
      scope && scope !== DEFAULT ? `keyless token --scope ${suggested(scope)}` : undefined,
    );
  }
  if (!isScope(scope)) {
    const resource = scope.slice(0, -DEFAULT.length);
    throw new UsageError(
      `Expected an App ID URI (api://… or https://…) or a client id before ${DEFAULT}, got ${JSON.stringify(resource)}.`,
    );
  }
  return scope;
}

/** The scope of an API named by its client id or App ID URI. Throws a UsageError. */
export const scopeOfApi = (api: string): string =>
  readScope(api.endsWith(DEFAULT) ? api : `${api.trim()}${DEFAULT}`);

/** A permission’s name behind an API’s own address is what most people leave there: api://fruit/Images.Predict. */
const suggested = (scope: string): string =>
  `${scope.replace(/^(api:\/\/[^/]+)\/[^/]+\.[^/]+$/u, '$1').replace(/\/$/u, '')}${DEFAULT}`;
