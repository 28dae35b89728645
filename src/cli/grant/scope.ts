import { EXAMPLE_GROUP, type ResourceId, resourceId, sameText, topOf } from '../azure/resourceId.ts';
import { UsageError } from '../faults.ts';
import { suggestion } from '../suggestion.ts';
import { type AzureRole, ROLE_TARGETS, type RoleKind } from './roles.ts';

/** The resource that a role of this kind is for, or one below it. Throws UsageError for any other, and for what is wider. */
export function scopeFor(kind: RoleKind, text: string): ResourceId {
  const { types, example } = ROLE_TARGETS[kind];
  const like = `${EXAMPLE_GROUP}/${example}`;
  if (/^\/subscriptions\/[^/]+(\/resourceGroups\/[^/]+)?\/?$/iu.test(text)) {
    throw new UsageError(
      `'${text}' is wider than the role has to reach.`,
      `Name the resource itself: ${like}`,
    );
  }
  const scope = resourceId(text);
  if (types.some((type) => sameText(topOf(scope).type, type))) return scope;
  throw new UsageError(
    `'${text}' is a ${scope.type}; ${kind} takes a ${types.join(' or ')}.`,
    `Such an id looks like ${like}`,
  );
}

/** By name, the kind's own by default. Throws UsageError for a role that is not one of the kind's. */
export function roleFor(kind: RoleKind, name?: string): AzureRole {
  const { roles } = ROLE_TARGETS[kind];
  if (name === undefined) return roles[0];
  const found = roles.find((role) => sameText(role.name, name));
  if (found) return found;
  const names = roles.map((role) => role.name);
  throw new UsageError(
    `'${name}' is no role that ${kind} takes.${suggestion(name, names)}`,
    `One of: ${names.join(', ')}.`,
  );
}
