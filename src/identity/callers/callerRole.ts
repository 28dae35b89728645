import { KeylessError } from '../../errors/errors.ts';
import { quoted } from '../../errors/forLog.ts';
import type { Caller } from './callerClaims.ts';

const MOST_SHOWN = 10;

/** Throws RoleMissing, with the command that grants the role, unless the caller has the app role to the letter. */
export function requireRole(caller: Caller, role: string, audience: string): void {
  if (caller.roles.includes(role)) return;
  const got = caller.roles.slice(0, MOST_SHOWN).map(quoted).join(', ') || 'none';
  throw new KeylessError(
    'RoleMissing',
    `Expected the app role ${role} in the claim roles of the identity ${caller.objectId}, got ${got}.`,
    { fix: grant(caller.objectId, role, audience) },
  );
}

/** https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignments */
function grant(objectId: string, role: string, audience: string): string {
  const body = JSON.stringify({
    principalId: objectId,
    resourceId: '<resource id>',
    appRoleId: '<app role id>',
  });
  return [
    `az rest --method POST --url https://graph.microsoft.com/v1.0/servicePrincipals/${objectId}/appRoleAssignments --body '${body}'`,
    `Both ids: az ad sp show --id ${audience} --query "{resourceId:id, appRoleId:appRoles[?value=='${role}'].id | [0]}"`,
    'A managed identity’s token shows a new role only after up to 24 hours.',
  ].join(' · ');
}
