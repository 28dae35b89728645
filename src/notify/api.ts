import type { TokenCredential } from '@azure/identity';
import { KeylessError } from '../errors/errors.ts';
import { ownClaims } from '../identity/ownClaims.ts';
import { AFTER_REFUSAL } from '../identity/tokenCache.ts';
import type { ApiTarget } from '../settings/notifyTarget.ts';
import { authorized } from './authorized.ts';
import type { CloudEvent } from './event.ts';

/** https://www.w3.org/TR/trace-context/ */
export type Trace = { traceparent?: string; tracestate?: string };

/** Tells a protected web API, in CloudEvents’ structured mode. Rejects with a KeylessError. */
export async function tellApi(
  credential: TokenCredential,
  target: ApiTarget,
  event: CloudEvent,
  trace: Trace,
): Promise<void> {
  await requireOwnRole(credential, target);
  await authorized(credential, target.scope, {
    url: target.url,
    private: target.private,
    headers: { 'content-type': 'application/cloudevents+json; charset=utf-8', ...trace },
    body: JSON.stringify(event),
  });
}

/** Tokens that lacked a role when they were last looked at, by scope and role: what the source is asked for again. */
const lacking = new Map<string, string>();

/**
 * Reads our own token before it is sent. One without the role would only be refused, and what the API says of it may be
 * anything; the second time the same token comes, its source is asked for another, since a grant shows in new ones alone.
 */
async function requireOwnRole(credential: TokenCredential, { scope, role }: ApiTarget): Promise<void> {
  const key = `${scope} ${role}`;
  let token = (await credential.getToken(scope))?.token ?? '';
  if (!hasRole(token, role) && lacking.get(key) === token) {
    token = (await credential.getToken(scope, AFTER_REFUSAL))?.token ?? '';
  }
  if (hasRole(token, role)) {
    lacking.delete(key);
    return;
  }
  lacking.set(key, token);
  const { oid = '<object id>', roles } = ownClaims(token) ?? {};
  const api = scope.replace(/\/\.default$/u, '');
  const got =
    Array.isArray(roles) && roles.length > 0 ? `only ${roles.slice(0, 10).join(', ')}` : 'no app role';
  throw new KeylessError(
    'TargetRoleMissing',
    `The token for ${api} carries ${got}${role ? `, not ${role}` : ''}; nothing was sent.`,
    {
      fix: `npm run keyless -- grant app-role --api ${api} --role ${role ?? '<app role>'} --principal ${oid}; a managed identity’s token shows it after up to 24 hours`,
    },
  );
}

function hasRole(token: string, role: string | undefined): boolean {
  const { roles } = ownClaims(token) ?? {}; // none that anybody could read, where it is opaque
  return Array.isArray(roles) && (role === undefined ? roles.length > 0 : roles.includes(role));
}
