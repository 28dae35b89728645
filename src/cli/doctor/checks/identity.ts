import { asKeylessError, type KeylessError } from '../../../errors/errors.ts';
import { whoIs } from '../../../settings/identity.ts';
import { VISION_SCOPE } from '../../../vision/client.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import { type Context, INSIDE } from '../context.ts';
import { inTurn, setCommand } from '../place.ts';

/** A new token starts to count some seconds after it was issued, by another clock. */
const CLOCK_TOLERANCE_MS = 60_000;
const CACHED =
  'Azure keeps a managed identity’s token for up to 24 hours and nobody can force a new one, so new app roles and group memberships show late; Azure role assignments are not in it and take minutes.';

export const identityChecks = (context: Context): Check[] => [identityCheck(context), tokenCheck(context)];

function identityCheck(context: Context): Check {
  const { choice, deployed } = context;
  const who = whoIs(choice);
  return {
    id: 'identity',
    group: 'Identity',
    title: 'Who this is',
    limitMs: 30_000, // a developer’s tools take their time
    async run() {
      if (deployed) return deployedIdentity(context, who);
      try {
        const { objectId, clientId, tenantId, resourceId } = await context.visionToken();
        return ok(`You are ${who}: object id ${objectId ?? 'unknown'}, tenant ${tenantId ?? 'unknown'}.`, [
          `client id ${clientId ?? 'unknown'}`,
          ...(resourceId ? [`resource ${resourceId}`] : []),
        ]);
      } catch (error) {
        return identityFault(asKeylessError(error), context);
      }
    },
  };
}

function deployedIdentity({ deployed, choice, place }: Context, who: string): Finding {
  const identities = deployed?.identities ?? [];
  const details = identities.map(
    ({ kind, objectId, clientId, resourceId }) =>
      `${kind}: object id ${objectId}${clientId ? `, client id ${clientId}` : ''}${resourceId ? `, ${resourceId}` : ''}`,
  );
  const own = deployed?.identity(choice);
  if (own) return ok(`The app is ${who}: object id ${own.objectId}.`, details);
  const user = identities.find(({ kind, clientId }) => kind === 'user-assigned' && clientId);
  if (choice.kind === 'systemAssigned' && user) {
    return fault(
      'No identity is selected, and the app has no system-assigned one, only user-assigned ones.',
      {
        details,
        fix: 'Say which:',
        command: setCommand(place, { MANAGED_IDENTITY_CLIENT_ID: user.clientId ?? '' }),
      },
    );
  }
  return fault(`The app does not have ${who}.`, {
    details,
    fix:
      identities.length > 0 ? 'It has others (see --verbose). Assign it:' : 'It has none at all. Assign one:',
    command: `az functionapp identity assign --name ${place.app?.name} --resource-group ${place.app?.resourceGroup}${
      choice.kind === 'systemAssigned' || choice.kind === 'developer'
        ? ''
        : ` --identities ${choice.kind === 'resourceId' ? choice.id : '<resource id of the identity>'}`
    }`,
  });
}

function identityFault(error: KeylessError, { choice, place }: Context): Finding {
  const { code, message } = error;
  const [name, group] = [place.app?.name ?? '<app>', place.app?.resourceGroup ?? '<group>'];
  switch (code) {
    case 'IdentityUnavailable':
      return fault(message, { fix: 'Sign in:', command: 'az login' });
    case 'IdentityEndpointFailing':
      return fault(message, {
        fix: 'Try again in a minute (asked too often, it answers 429 for a while); if it stays, the platform renews the endpoint when the app restarts:',
        command: `az functionapp restart --name ${name} --resource-group ${group}`,
      });
    case 'IdentityRefused':
      return fault(message, {
        fix:
          choice.kind === 'systemAssigned'
            ? 'No identity is selected, which means the system-assigned one, and the app has none. See which it has, and name one:'
            : 'The app does not have this identity. See which it has, and name one:',
        command: inTurn(
          `az functionapp identity show --name ${name} --resource-group ${group}`,
          setCommand(place, { [selectorOf(choice.kind)]: `<${WANTED[choice.kind]}>` }),
        ),
      });
    default:
      throw error;
  }
}

const selectorOf = (kind: string): string =>
  kind === 'objectId'
    ? 'MANAGED_IDENTITY_OBJECT_ID'
    : kind === 'resourceId'
      ? 'MANAGED_IDENTITY_RESOURCE_ID'
      : 'MANAGED_IDENTITY_CLIENT_ID';
const WANTED = {
  systemAssigned: 'client id of the identity',
  developer: 'client id of the identity',
  clientId: 'client id of the identity',
  objectId: 'object id of the identity',
  resourceId: 'resource id of the identity',
} as const;

function tokenCheck(context: Context): Check {
  return {
    id: 'token',
    group: 'Identity',
    title: 'Its token for Custom Vision',
    after: ['identity'],
    async run() {
      if (context.deployed) return { status: 'could not check', finding: INSIDE, because: 'inside' };
      const { audience, issuer, issuedAt, validFrom, expiresAt, roles } = await context.visionToken();
      const details = [
        `issuer ${issuer ?? 'unknown'}`,
        `issued ${time(issuedAt)}, expires ${time(expiresAt)}`,
        `app roles: ${roles.join(', ') || 'none, and none are needed here'}`,
        CACHED,
      ];
      const expected = VISION_SCOPE.replace(/\/\.default$/u, '');
      if (audience !== undefined && audience.replace(/\/$/u, '') !== expected) {
        return fault(`The token is for ${audience}; Custom Vision takes ${expected} only.`, {
          details,
          fix: 'Something between the app and the identity endpoint answers for another resource; look at IDENTITY_ENDPOINT:',
          command: `npm run keyless -- token --scope ${VISION_SCOPE}`,
        });
      }
      const now = Date.now();
      if ((validFrom ?? 0) - now > CLOCK_TOLERANCE_MS || expiresAt < now) {
        return warning(`By this machine’s clock (${time(now)}) the token is not valid now.`, {
          details,
          fix: 'Set the clock:',
          command: 'sudo timedatectl set-ntp true',
        });
      }
      const hours = ((expiresAt - now) / 3_600_000).toFixed(1);
      return ok(`For ${audience ?? 'an audience it does not tell'}, ${hours} hours left.`, details);
    },
  };
}

function time(at: number | undefined): string {
  const date = new Date(at ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString();
}
