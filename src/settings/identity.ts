import { isUuid } from './predictionUrl.ts';
import { type Problems, shown } from './problem.ts';

/** Which identity asks for tokens. `developer` is whoever is signed in on this machine. */
export type ManagedIdentityChoice =
  | { kind: 'systemAssigned' }
  | { kind: 'clientId'; id: string }
  | { kind: 'objectId'; id: string }
  | { kind: 'resourceId'; id: string };
export type IdentityChoice = ManagedIdentityChoice | { kind: 'developer' };

const WHO = {
  systemAssigned: 'the system-assigned identity',
  clientId: 'the user-assigned identity of client id',
  objectId: 'the user-assigned identity of object id',
  resourceId: 'the user-assigned identity of resource id',
  developer: 'the developer’s sign-in',
} as const;

/** For a sentence: `the user-assigned identity of client id …`. */
export const whoIs = (choice: IdentityChoice): string =>
  `${WHO[choice.kind]}${'id' in choice ? ` ${choice.id}` : ''}`;

const RESOURCE_ID =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.managedidentity\/userassignedidentities\/[^/]+$/iu;

const SELECTORS = [
  ['MANAGED_IDENTITY_CLIENT_ID', 'clientId', isUuid, 'a client id (a UUID)'],
  ['MANAGED_IDENTITY_OBJECT_ID', 'objectId', isUuid, 'an object id (a UUID)'],
  [
    'MANAGED_IDENTITY_RESOURCE_ID',
    'resourceId',
    (id: string) => RESOURCE_ID.test(id),
    '/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>',
  ],
] as const;

/**
 * Where the platform offers a managed identity endpoint, the managed identity; elsewhere the developer’s sign-in, even
 * when a selector was copied from the cloud’s settings. Both names make the endpoint: with one alone (an Azure Arc
 * machine) the library would look at 169.254.169.254.
 */
export function readIdentity(get: (name: string) => string | undefined, problem: Problems): IdentityChoice {
  const given = SELECTORS.filter(([name]) => get(name) !== undefined);
  if (given.length > 1) {
    problem({
      setting: given.map(([name]) => name).join(' and '),
      expected: 'at most one of them: each names a user-assigned identity by another id',
    });
  }
  for (const [name, , valid, expected] of given) {
    const id = get(name) ?? '';
    if (!valid(id)) problem({ setting: name, expected, got: shown(id) });
  }
  if (!get('IDENTITY_ENDPOINT') || !get('IDENTITY_HEADER')) {
    checkDeveloperCredential(get('AZURE_TOKEN_CREDENTIALS'), problem);
    return { kind: 'developer' };
  }
  const [name, kind] = given[0] ?? [];
  return kind && name ? { kind, id: get(name) ?? '' } : { kind: 'systemAssigned' };
}

/** Any other value would look for a managed identity at 169.254.169.254, for minutes, on a machine that has none. */
const DEVELOPER_CREDENTIALS = [
  'dev',
  'VisualStudioCodeCredential',
  'AzureCliCredential',
  'AzurePowerShellCredential',
  'AzureDeveloperCliCredential',
];

function checkDeveloperCredential(value: string | undefined, problem: Problems): void {
  const known = DEVELOPER_CREDENTIALS.some((name) => name.toLowerCase() === value?.toLowerCase());
  if (value === undefined || known) return;
  problem({
    setting: 'AZURE_TOKEN_CREDENTIALS',
    expected: `one of ${DEVELOPER_CREDENTIALS.join(', ')} where there is no managed identity endpoint, or nothing`,
    got: shown(value),
  });
}
