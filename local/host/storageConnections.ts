import type { TokenCredential } from '@azure/core-auth';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { directTo } from '../direct.ts';
import { messageOf } from '../thrown.ts';
import { createHostCredential } from './hostToken.ts';
import type { Settings } from './options.ts';

export type StorageConnection = { blobs: BlobServiceClient; queues: QueueServiceClient };

/** Opens a connection by its name. @throws when its settings are missing or incomplete, saying which and for whom */
export type OpenStorage = (name: string, whoNeedsIt: string) => StorageConnection;

const optionsTo = (address: string) => ({ retryOptions: RETRY, ...directTo(address) });
const RETRY = { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2000, tryTimeoutInMs: 30_000 };

/**
 * A connection is a connection string in the setting `<name>`, which goes first, or `<name>__blobServiceUri` and
 * `<name>__queueServiceUri`, or `<name>__accountName`, with the host's own managed identity tokens.
 * https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection
 */
export function createStorageConnections(
  settings: Settings,
  identityHeader: string | undefined,
): OpenStorage {
  const opened = new Map<string, StorageConnection>();
  const credentials = new Map<string | undefined, TokenCredential>();

  function credential(clientId: string | undefined): TokenCredential {
    const known = credentials.get(clientId) ?? createHostCredential(settings, identityHeader, clientId);
    credentials.set(clientId, known);
    return known;
  }

  function open(name: string, whoNeedsIt: string): StorageConnection {
    const option = (suffix: string) => settings[`${name}__${suffix}`] || undefined;
    const account = option('accountName');
    const uri = (service: 'blob' | 'queue') =>
      option(`${service}ServiceUri`) ?? (account && `https://${account}.${service}.core.windows.net`);
    try {
      const connectionString = settings[name];
      if (connectionString) {
        const options = optionsTo(BlobServiceClient.fromConnectionString(connectionString).url);
        return {
          blobs: BlobServiceClient.fromConnectionString(connectionString, options),
          queues: QueueServiceClient.fromConnectionString(connectionString, options),
        };
      }
      const [blobUri, queueUri] = [uri('blob'), uri('queue')];
      if (blobUri && queueUri) {
        const own = credential(option('clientId'));
        return {
          blobs: new BlobServiceClient(blobUri, own, optionsTo(blobUri)),
          queues: new QueueServiceClient(queueUri, own, optionsTo(queueUri)),
        };
      }
      const missing = [
        ...(blobUri ? [] : [`${name}__blobServiceUri`]),
        ...(queueUri ? [] : [`${name}__queueServiceUri`]),
      ];
      throw new Error(
        missing.length === 1
          ? `the setting ${missing[0]} is missing; an identity-based connection has both service URIs.`
          : `it has no setting; set ${name} (a connection string), or ${missing.join(' and ')}.`,
      );
    } catch (cause) {
      throw new Error(`Storage connection "${name}", needed by ${whoNeedsIt}: ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  return (name, whoNeedsIt) => {
    const known = opened.get(name) ?? open(name, whoNeedsIt);
    opened.set(name, known);
    return known;
  };
}
