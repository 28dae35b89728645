import type { TokenCredential } from '@azure/identity';
import type { BlobServiceClient } from '@azure/storage-blob';
import type { QueueServiceClient } from '@azure/storage-queue';
import { KeylessError } from '../../errors/errors.ts';
import { requireSettings } from '../../settings/settings.ts';
import { type Connection, openBlobs, openQueues } from '../../storage/clients.ts';
import { connectionOf } from '../../storage/containers.ts';
import { storageFault as appStorageFault } from '../../storage/faults.ts';
import { NotStorage } from '../../storage/ownAnswers.ts';
import { type Finding, fault } from './check.ts';
import { type Context, principalType } from './context.ts';
import { inTurn, removeCommand, setCommand } from './place.ts';

export type StorageClients = { blobs: BlobServiceClient; queues: QueueServiceClient };

/** One try, so that what is wrong shows at once. */
const RETRIES = { maxTries: 1, tryTimeoutInMs: 8_000 };

export async function openStorage(
  connection: Connection,
  credential: () => TokenCredential,
): Promise<StorageClients> {
  const [blobs, queues] = await Promise.all([
    openBlobs(connection, credential, RETRIES),
    openQueues(connection, credential, RETRIES),
  ]);
  return { blobs, queues };
}

/** The account of the pictures. Throws SettingsInvalid. */
export const openImageStorage = async ({ loaded, credential }: Context): Promise<StorageClients> =>
  openStorage(connectionOf(requireSettings(loaded).imageStorage), credential);

export type StorageCall = {
  /** Such as `Listing the pictures of images`. */
  what: string;
  /** The service’s address, with the account in it. */
  url: string;
  service: 'blob' | 'queue';
  /** The connection’s name in the settings. */
  connection: 'ImageStorage' | 'AzureWebJobsStorage';
};

const ROLES = { blob: 'Storage Blob Data Owner', queue: 'Storage Queue Data Contributor' } as const;
const EMULATOR = 'npx azurite --silent --skipApiVersionCheck --location .azurite';
const isLoopback = (url: string): boolean => /^https?:\/\/(?:127\.|localhost|\[::1\])/u.test(url);

/** The account of a storage address: the first label of its host, or the emulator’s first folder. */
export function accountOf(url: string): string {
  const { hostname, pathname } = new URL(url);
  return (isLoopback(url) ? pathname.split('/')[1] : hostname.split('.')[0]) ?? '';
}

/** A failed storage call as a finding; the codes: https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes */
export async function storageFault(context: Context, thrown: unknown, call: StorageCall): Promise<Finding> {
  if (thrown instanceof KeylessError) return fault(`${call.what}: ${thrown.message}`, { fix: thrown.fix });
  const { what, url } = call;
  const { statusCode, code = '', details } = thrown as Refusal;
  const spoken = details?.errorCode ?? code;
  const account = accountOf(url);
  const answered = `${what}: storage answered ${statusCode} ${spoken}`;
  if (thrown instanceof NotStorage || spoken.startsWith('Proxy')) {
    const { message, fix } = appStorageFault(thrown, what);
    return fault(message, { fix });
  }
  if (statusCode === undefined) return noAnswer(context, spoken || String(thrown), call);
  switch (spoken) {
    case 'AuthorizationPermissionMismatch':
    case 'InsufficientAccountPermissions':
      return noRole(context, answered, call);
    case 'AuthorizationFailure':
    case 'NetworkAclsValidationFailure':
      return fault(`${answered}: the account’s firewall does not let this network in.`, {
        fix: 'Let it in:',
        command: `az storage account network-rule add --account-name ${account} ${context.place.azure ? '--subnet <subnet id of the app>' : '--ip-address <address>'}`,
      });
    case 'KeyBasedAuthenticationNotPermitted':
      return fault(`${answered}: the account takes no keys, as it should; the settings hold one.`, {
        fix: 'Reach it with the identity:',
        command: byIdentity(context, call),
      });
    case 'AuthenticationFailed':
    case 'InvalidAuthenticationInfo':
    case 'NoAuthenticationInformation':
      return fault(`${answered}: it did not take the token or key.`, {
        fix: 'Is the account in the tenant of the identity? Look:',
        command: `az storage account show --name ${account} --query "{id:id, keys:allowSharedKeyAccess}"`,
      });
    default: {
      const { message, fix } = appStorageFault(thrown, what);
      return fault(message, { fix });
    }
  }
}

/** The connection string has to go: it would go before the addresses. */
function byIdentity({ place }: Context, { connection, service, url }: StorageCall): string {
  const address = url.replace(/\/$/u, '');
  const beside = (other: 'blob' | 'queue') => address.replace(`.${service}.`, `.${other}.`);
  return inTurn(
    removeCommand(place, [connection]),
    setCommand(place, {
      [`${connection}__blobServiceUri`]: beside('blob'),
      [`${connection}__queueServiceUri`]: beside('queue'),
    }),
  );
}

type Refusal = { statusCode?: number; code?: string; details?: { errorCode?: string } };

async function noRole(context: Context, answered: string, { service, url, connection }: StorageCall) {
  const { objectId = '<object id of the identity>' } = await context.visionToken();
  return fault(`${answered}: the identity ${objectId} has no ${service} data role on ${accountOf(url)}.`, {
    details: [
      `The blob trigger needs ${ROLES.blob} and ${ROLES.queue} on the account of the pictures and of the host (${connection}).`,
      'A new role is seen after some minutes.',
    ],
    fix: 'Grant it (Owner and Contributor are no data roles), and wait some minutes:',
    command: `az role assignment create --assignee-object-id ${objectId} --assignee-principal-type ${principalType(context)} --role "${ROLES[service]}" --scope $(az storage account show --name ${accountOf(url)} --query id --output tsv)`,
  });
}

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_/u;

function noAnswer(
  { place }: Context,
  code: string,
  { what, url, service, connection }: StorageCall,
): Finding {
  const { host } = new URL(url);
  if (UNTRUSTED.test(code)) {
    return fault(`${what}: the certificate of ${host} is not trusted here (${code}).`, {
      fix: 'Name the file of its authority before the command:',
      command: 'export NODE_EXTRA_CA_CERTS=<authority.pem>',
    });
  }
  if (isLoopback(url)) {
    return fault(`${what}: the emulator’s ${service} service does not answer at ${host} (${code}).`, {
      fix: 'Start all of its services (azurite-blob alone has no queues), at the ports that the settings name:',
      command: EMULATOR,
    });
  }
  const set = setCommand(place, {
    [`${connection}__${service}ServiceUri`]: `https://<account>.${service}.core.windows.net`,
  });
  return fault(
    `${what}: ${host} does not ${/ENOTFOUND|EAI_AGAIN/u.test(code) ? 'resolve' : 'answer'} (${code}).`,
    {
      fix: 'Look what the account is called, and set its address:',
      command: inTurn(`az storage account list --query "[].primaryEndpoints.${service}" --output tsv`, set),
    },
  );
}
