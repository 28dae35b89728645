import { isUuid } from '../../settings/predictionUrl.ts';
import { durationText, type TokenDescription } from './description.ts';

export type RoleCheck = {
  api: string;
  role: string;
  ok: boolean;
  finding: string;
  /** What to type next; where it is not ok. */
  fix?: string;
};

const LAG =
  'App roles show up in a managed identity’s token only after up to 24 hours: the platform keeps tokens, and nobody can ask it for a new one.';

/** Whether a token is for that API (client id or App ID URI) and carries its app role. */
export function checkRole(token: TokenDescription, api: string, role: string, now: number): RoleCheck {
  const { objectId = '<object id>', audience = 'nobody', roles, issuedAt } = token;
  if (!isFor(token, api)) {
    return {
      ...{ api, role, ok: false },
      finding: `The token is for ${audience}, not for ${api}.`,
      fix: `keyless token --audience-check ${api}, without --scope`,
    };
  }
  if (roles.includes(role)) {
    return { api, role, ok: true, finding: `The token is for ${api} and carries the app role ${role}.` };
  }
  const got = roles.length > 0 ? `only ${roles.join(', ')}` : 'no app role at all';
  const age = issuedAt
    ? ` This one was issued ${durationText(now - Date.parse(issuedAt))} ago, at ${issuedAt}: a grant since then is not in it.`
    : '';
  return {
    ...{ api, role, ok: false },
    finding: `The token is for ${api} and carries ${got}, not ${role}. ${LAG}${age}`,
    fix: `npm run keyless -- grant app-role --api ${api} --role ${role} --principal ${objectId}`,
  };
}

/** A token of version 2.0 names its API by client id, whichever way it was asked for. */
function isFor({ audience = '', version, scope }: TokenDescription, api: string): boolean {
  const same = (one: string, other: string) =>
    one.replace(/\/$/u, '').toLowerCase() === other.replace(/\/$/u, '').toLowerCase();
  if (same(audience, api)) return true;
  return version === '2.0' && isUuid(audience) && !isUuid(api) && same(scope, `${api}/.default`);
}
