import type { IncomingHttpHeaders } from 'node:http';
import type { Assignments, AzureRole } from '../identity/assignments.ts';
import { Refusal } from './refusal.ts';
import type { TokenVerifier } from './tokenVerifier.ts';

/** Roles whose data actions cover classify and detect:
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/ai-machine-learning */
const PREDICTING_ROLES: readonly AzureRole[] = [
  'Cognitive Services User',
  'Cognitive Services Custom Vision Contributor',
  'Cognitive Services Custom Vision Deployment',
  'Cognitive Services Custom Vision Trainer',
];

/** Both are taken for an account key; this account takes none. */
const KEY_HEADERS = ['prediction-key', 'ocp-apim-subscription-key'];

export type Gateway = {
  accountName: string;
  /** False behaves like a regional endpoint, which knows no tokens. */
  readonly customSubdomain: boolean;
  assignments: Pick<Assignments, 'has'>;
  verify: TokenVerifier;
};

/** The caller's object id; throws a Refusal when it may not predict here. */
export async function authorize(headers: IncomingHttpHeaders, gateway: Gateway): Promise<string> {
  const [, token] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (token && !gateway.customSubdomain) throw new Refusal('BadRequest');
  if (KEY_HEADERS.some((name) => headers[name] !== undefined))
    throw new Refusal('AuthenticationTypeDisabled');
  if (!token) throw new Refusal('401');
  const objectId = await gateway.verify(token);
  if (!objectId) throw new Refusal('Unauthorized');
  const { assignments, accountName } = gateway;
  if (!PREDICTING_ROLES.some((role) => assignments.has(objectId, accountName, role))) {
    // A missing role is a 401 here, not a 403.
    throw new Refusal('PermissionDenied');
  }
  return objectId;
}
