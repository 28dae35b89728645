import { serviceUrl } from './endpoint.ts';
import type { Problems } from './problem.ts';

/** How the account of the pictures is reached: with the shared credential, or the local emulator’s own key. */
export type ImageStorage =
  | { blobServiceUri: string; queueServiceUri: string }
  | { emulatorConnectionString: string };

const EMULATOR = /^\s*UseDevelopmentStorage=true\s*;?\s*$|(^|;)\s*AccountName=devstoreaccount1\s*(;|$)/iu;

export function readImageStorage(
  get: (name: string) => string | undefined,
  problem: Problems,
): ImageStorage | undefined {
  const connectionString = get('ImageStorage');
  if (connectionString !== undefined) {
    if (EMULATOR.test(connectionString)) return { emulatorConnectionString: connectionString };
    problem({
      setting: 'ImageStorage',
      expected:
        'the local emulator’s connection string (UseDevelopmentStorage=true). A storage account in Azure is reached without a key: set ImageStorage__blobServiceUri and ImageStorage__queueServiceUri, and remove ImageStorage',
    });
    return undefined;
  }
  const blob = get('ImageStorage__blobServiceUri');
  const queue = get('ImageStorage__queueServiceUri');
  const missing = [
    ...(blob === undefined ? ['ImageStorage__blobServiceUri'] : []),
    ...(queue === undefined ? ['ImageStorage__queueServiceUri'] : []),
  ];
  if (missing.length > 0) {
    problem({
      setting: missing.join(' and '),
      expected:
        'the address of the account, https://<account>.blob.core.windows.net or https://<account>.queue.core.windows.net (the blob trigger needs both); not set',
    });
  }
  const queues =
    queue === undefined ? undefined : accountUrl('ImageStorage__queueServiceUri', queue, problem);
  const blobs = blob === undefined ? undefined : accountUrl('ImageStorage__blobServiceUri', blob, problem);
  return blobs && queues && { blobServiceUri: bare(blobs), queueServiceUri: bare(queues) };
}

function accountUrl(setting: string, text: string, problem: Problems): URL | undefined {
  const url = serviceUrl(setting, text, problem);
  if (!url?.search) return url;
  problem({ setting, expected: 'the address alone: a shared access signature behind it is a key' });
  return undefined;
}

const bare = (url: URL): string => url.href.replace(/\/$/u, '');
