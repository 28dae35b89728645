import { asKeylessError } from '../../../errors/errors.ts';
import { fetchSigningKeys } from '../../../identity/callers/openIdMetadata.ts';
import type { EntraCallers } from '../../../settings/callers.ts';
import { isUuid } from '../../../settings/predictionUrl.ts';
import { tokenFacts } from '../../token/claims.ts';
import { type Check, fault, ok, warning } from '../check.ts';
import { type Context, INSIDE } from '../context.ts';
import { setCommand } from '../place.ts';

const TIMEOUT_MS = 5_000;

/** Whom the app lets call it over HTTP. */
export function callerChecks(context: Context): Check[] {
  const { callers } = context.loaded.registration;
  if (callers.kind === 'entra') {
    return [keysCheck(context, callers), audienceCheck(context, callers), roleCheck(context, callers)];
  }
  return [
    {
      id: 'callers',
      group: 'Callers',
      title: 'Who may call',
      after: ['settings'],
      run: () => ok('Whoever has a function key (CALLER_AUTH=entra admits managed identities instead).'),
    },
  ];
}

function keysCheck({ place }: Context, { authority, tenantId }: EntraCallers): Check {
  return {
    id: 'caller-keys',
    group: 'Callers',
    title: 'The keys that callers’ tokens are checked with',
    after: ['settings'],
    async run() {
      try {
        const [v1, v2] = await Promise.all(
          ['', '/v2.0'].map((version) =>
            fetchSigningKeys(
              `${authority}/${tenantId}${version}/.well-known/openid-configuration`,
              tenantId,
              TIMEOUT_MS,
            ),
          ),
        );
        return ok(`${authority} publishes them for the tenant ${tenantId}.`, [
          `issuers ${v1?.issuer} and ${v2?.issuer}`,
        ]);
      } catch (error) {
        const { message } = asKeylessError(error);
        return fault(message, {
          fix: 'Is it the id of the tenant, and does this network reach its sign-in service? Then set it:',
          command: `az account show --query tenantId --output tsv && ${setCommand(place, { ENTRA_TENANT_ID: '<tenant id>' })}`,
        });
      }
    },
  };
}

function audienceCheck({ get, choice, place }: Context, { audiences }: EntraCallers): Check {
  return {
    id: 'caller-audience',
    group: 'Callers',
    title: 'What callers’ tokens are to be for',
    after: ['settings'],
    run() {
      const own = [get('MANAGED_IDENTITY_CLIENT_ID'), 'id' in choice ? choice.id : undefined];
      const identity = audiences.find((each) => own.some((id) => id?.toLowerCase() === each));
      if (identity) {
        return fault(
          `ENTRA_AUDIENCE ${identity} is the managed identity’s client id; callers need that of the API.`,
          {
            fix: 'It is the “Application (client) ID” of the app registration that stands for this API:',
            command: `az ad app list --display-name <name of the API> --query "[].appId" --output tsv && ${setCommand(place, { ENTRA_AUDIENCE: '<client id of the API>' })}`,
          },
        );
      }
      if (!audiences.some(isUuid)) {
        const both = [...audiences, '<client id of the API>'].join(',');
        return warning(
          `ENTRA_AUDIENCE is ${audiences.join(', ')} alone, which tokens of version 2 never carry.`,
          {
            fix: 'Their audience is the client id; give both:',
            command: setCommand(place, { ENTRA_AUDIENCE: both }),
          },
        );
      }
      return ok(`${audiences.join(' or ')}.`);
    },
  };
}

/** Tried with the app’s own identity: it shows whether the API gives tokens at all, and what a token without a role is. */
function roleCheck(context: Context, { audiences, roles }: EntraCallers): Check {
  const audience = audiences.find((each) => !isUuid(each)) ?? audiences[0] ?? '';
  const role = roles.predict;
  return {
    id: 'caller-role',
    group: 'Callers',
    title: `The app role ${role}, as this identity would carry it`,
    after: ['caller-audience', 'identity'],
    limitMs: 30_000,
    async run() {
      if (context.deployed) return { status: 'could not check', finding: INSIDE, because: 'inside' };
      const scope = `${audience}/.default`;
      let objectId = '<object id of the caller>';
      try {
        const token = await context.credential().getToken(scope);
        if (!token) throw new Error('The credential gave no token.');
        const facts = tokenFacts(token);
        if (facts.roles.includes(role)) return ok(`Its token for ${audience} carries it.`);
        objectId = facts.objectId ?? objectId;
      } catch (error) {
        const { message } = asKeylessError(error);
        const why = context.choice.kind === 'developer' ? 'your sign-in got none' : message;
        return warning(`No token for ${scope}: ${why}`, {
          fix: 'The API needs a service principal in this tenant, and this App ID URI:',
          command: `az ad sp list --filter "servicePrincipalNames/any(n:n eq '${audience}')" --query "[].id" --output tsv`,
        });
      }
      return warning(
        `A token for ${audience} is issued, but without the role: with this identity a caller gets 403 RoleMissing.`,
        {
          details: ['A token without any role is no fault of Entra’s; checking it is the API’s work.'],
          fix: 'If it is to call: grant the role. A managed identity’s token shows it after up to 24 hours, since Azure keeps tokens and nobody can force a new one.',
          command: `npm run keyless -- grant app-role --api ${audience} --role ${role} --principal ${objectId}`,
        },
      );
    },
  };
}
