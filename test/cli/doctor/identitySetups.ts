import { DEFAULT_ACCOUNT } from '../../../local/identity/assignments.ts';
import { USER_ASSIGNED, USER_ASSIGNED_WITHOUT_RIGHTS } from '../../../local/identity/identities.ts';
import { changeModels, type Setup } from './setup.ts';

const API = 'b7d1c0de-0000-4000-8000-000000000a71';
const entra = (
  { stack }: { stack: { identity: { tenantId: string; authority: string } } },
  audience: string,
) => ({
  CALLER_AUTH: 'entra',
  ENTRA_TENANT_ID: stack.identity.tenantId,
  ENTRA_AUDIENCE: audience,
  ENTRA_AUTHORITY: stack.identity.authority,
});

/** MSAL keeps tokens for the whole process, but none that ends within five minutes. */
const SHORT_LIVED_SECONDS = 240;

export const identitySetups: readonly Setup[] = [
  {
    name: 'an identity that the app does not have',
    pitfalls: '14',
    spoil(environment) {
      environment.MANAGED_IDENTITY_CLIENT_ID = '11111111-2222-4333-8444-555555555555';
    },
    cause: 'identity',
    says: /No User Assigned or Delegated Managed Identity found/u,
    known: () => ({ '<client id of the identity>': USER_ASSIGNED.clientId }),
  },
  {
    name: 'an identity endpoint that is asked too often',
    pitfalls: '17',
    spoil(environment, { stack }) {
      environment.MANAGED_IDENTITY_RESOURCE_ID = USER_ASSIGNED.resourceId;
      stack.identity.faults.always(429);
    },
    cause: 'identity',
    says: /the identity endpoint answered HTTP 429/u,
    effects: ({ stack }) => ({ 'az functionapp restart': () => stack.identity.faults.clear() }),
  },
  {
    name: 'a token for Azure Resource Manager',
    pitfalls: '2',
    async spoil(environment, { stack }) {
      environment.MANAGED_IDENTITY_OBJECT_ID = USER_ASSIGNED.objectId;
      const token = await stack.identity.issue(
        {},
        { identity: USER_ASSIGNED.name, resource: 'https://management.azure.com' },
      );
      stack.identity.faults.always({
        status: 200,
        body: JSON.stringify({
          access_token: token,
          client_id: USER_ASSIGNED.clientId,
          expires_on: String(Math.floor(Date.now() / 1000) + SHORT_LIVED_SECONDS),
          resource: 'https://cognitiveservices.azure.com',
          token_type: 'Bearer',
        }),
      });
    },
    cause: 'token',
    says: /The token is for https:\/\/management\.azure\.com; Custom Vision takes https:\/\/cognitiveservices/u,
    effects: ({ stack }) => ({ 'npm run keyless -- token': () => stack.identity.faults.clear() }),
  },
  {
    name: 'an identity without any role',
    pitfalls: '3',
    spoil(environment) {
      environment.MANAGED_IDENTITY_CLIENT_ID = USER_ASSIGNED_WITHOUT_RIGHTS.clientId;
    },
    cause: 'access',
    says: new RegExp(
      `Identity ${USER_ASSIGNED_WITHOUT_RIGHTS.objectId} has no role with prediction rights`,
      'u',
    ),
  },
  {
    name: 'the role Custom Vision Reader',
    pitfalls: '5',
    spoil(environment, { stack }) {
      environment.MANAGED_IDENTITY_CLIENT_ID = USER_ASSIGNED_WITHOUT_RIGHTS.clientId;
      stack.identity.assignments.grant(
        USER_ASSIGNED_WITHOUT_RIGHTS.objectId,
        DEFAULT_ACCOUNT,
        'Cognitive Services Custom Vision Reader',
      );
    },
    cause: 'access',
    says: /401 PermissionDenied .* has no role with prediction rights/u,
  },
  {
    name: 'the role on another account',
    pitfalls: '3',
    spoil: (environment, { secondAccount }) =>
      changeModels(environment, { endpoint: secondAccount.url }, 'fruit'),
    cause: 'access',
    says: /has no role with prediction rights/u,
  },
  {
    name: 'an account of another tenant',
    pitfalls: '2',
    spoil: (environment, { foreignAccount }) =>
      changeModels(environment, { endpoint: foreignAccount.url }, 'fruit'),
    cause: 'access',
    says: /401 Unauthorized .* The token is for https:\/\/cognitiveservices\.azure\.com, from tenant/u,
    known: ({ stack }) => ({ '<endpoint>': stack.prediction.url }),
    effects: () => ({ 'az login --tenant': () => {} }),
  },
  {
    name: 'a clock that is twenty minutes off',
    pitfalls: '2',
    spoil(environment, { skewedAccount, stack }) {
      skewedAccount.minutesOff = 20;
      changeModels(environment, { endpoint: skewedAccount.url });
      environment.ImageStorage = stack.azurite.connectionString;
      delete environment.ImageStorage__blobServiceUri;
      delete environment.ImageStorage__queueServiceUri;
    },
    cause: 'clock',
    says: /It is 20 minutes behind the services’ clock/u,
    effects: ({ skewedAccount }) => ({
      'sudo timedatectl set-ntp true': () => {
        skewedAccount.minutesOff = 0;
      },
    }),
  },
  {
    name: 'a caller’s identity without the app role',
    pitfalls: '18, 19',
    spoil(environment, world) {
      world.stack.identity.tokenLifetimeSeconds = SHORT_LIVED_SECONDS;
      Object.assign(environment, entra(world, `api://${API},${API}`));
    },
    cause: 'caller-role',
    says: /is issued, but without the role/u,
    effects: ({ stack }) => ({
      'npm run keyless -- grant app-role': () =>
        stack.identity.grant('system-assigned', `api://${API}`, ['Images.Predict']),
    }),
  },
  {
    name: 'the identity’s client id as audience',
    pitfalls: '19',
    spoil(environment, world) {
      environment.MANAGED_IDENTITY_CLIENT_ID = USER_ASSIGNED.clientId;
      Object.assign(environment, entra(world, USER_ASSIGNED.clientId));
    },
    cause: 'caller-audience',
    says: /is the managed identity’s client id; callers need that of the API/u,
    known: () => ({ '<client id of the API>': API, '<name of the API>': 'Orchard' }),
  },
  {
    name: 'another tenant’s id',
    pitfalls: '19',
    spoil(environment, world) {
      Object.assign(environment, entra(world, API), { ENTRA_TENANT_ID: API });
    },
    cause: 'caller-keys',
    says: /openid-configuration answered HTTP 404/u,
    known: ({ stack }) => ({ '<tenant id>': stack.identity.tenantId }),
  },
];
