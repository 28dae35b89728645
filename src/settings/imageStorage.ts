import { isLoopback, serviceUrl } from './endpoint.ts';
import { type Problems, shown } from './problem.ts';

/** How the account of the pictures is reached: with the shared credential, or the local emulator’s own key. */
export type ImageStorage =
  | { blobServiceUri: string; queueServiceUri: string }
  | { emulatorConnectionString: string };

export function readImageStorage(
  get: (name: string) => string | undefined,
  problem: Problems,
): ImageStorage | undefined {
  const connectionString = get('ImageStorage');
  if (connectionString !== undefined) {
    const emulatorConnectionString = asEmulator(connectionString);
    if (emulatorConnectionString) return { emulatorConnectionString };
    problem({
      setting: 'ImageStorage',
      expected:
        'the local emulator’s connection string (UseDevelopmentStorage=true, or its account with addresses on this machine and without a shared access signature). A storage account in Azure is reached without a key: set ImageStorage__blobServiceUri and ImageStorage__queueServiceUri, and remove ImageStorage',
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
  const queues = queue === undefined ? undefined : accountUrl('queue', queue, problem);
  const blobs = blob === undefined ? undefined : accountUrl('blob', blob, problem);
  return blobs && queues && { blobServiceUri: bare(blobs), queueServiceUri: bare(queues) };
}

const DEVELOPMENT = 'UseDevelopmentStorage=true';
/** As others of a container’s network call it: by a bare name; and as a container calls the machine it runs on. */
const NEARBY = /^(?:[a-z\d][a-z\d_-]*|.+\.localhost|host\.docker\.internal)$/u;

/** Whether a connection string is the local emulator’s, which holds no key but the published one. */
export const isEmulator = (connectionString: string): boolean => asEmulator(connectionString) !== undefined;

/** The connection string as the storage library takes it; undefined where it is not, or not wholly, the emulator’s. */
function asEmulator(connectionString: string): string | undefined {
  const given = connectionString.split(';').filter((each) => each.trim());
  const members = new Map(
    given.map((each) => {
      const [name = '', ...value] = each.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()] as const;
    }),
  );
  if (members.get('usedevelopmentstorage')?.toLowerCase() === 'true')
    return members.size === 1 ? DEVELOPMENT : undefined;
  const isItsAccount = members.get('accountname')?.toLowerCase() === 'devstoreaccount1';
  if (!isItsAccount || !members.has('accountkey') || !members.has('blobendpoint')) return undefined;
  const leadsAway = [...members].some(
    ([name, value]) =>
      name === 'sharedaccesssignature' ||
      name === 'endpointsuffix' ||
      (name.endsWith('endpoint') && !isNearby(value)),
  );
  if (leadsAway) return undefined;
  // the library takes a string without it for a shared access signature
  return members.has('defaultendpointsprotocol')
    ? connectionString
    : `DefaultEndpointsProtocol=http;${connectionString}`;
}

function isNearby(address: string): boolean {
  const url = URL.parse(address);
  if (!url || url.search || url.username || url.password) return false;
  return isLoopback(url) || NEARBY.test(url.hostname);
}

/** The service that a host is of, and what it is called elsewhere: orchard.blob.core.windows.net. */
const SERVICE = /\.(blob|queue|table|file|dfs|web)\.(?:core|storage)\./u;

function accountUrl(service: 'blob' | 'queue', text: string, problem: Problems): URL | undefined {
  const setting = `ImageStorage__${service}ServiceUri`;
  const url = serviceUrl(setting, text, problem);
  if (!url) return undefined;
  if (url.search) {
    problem({ setting, expected: 'the address alone: a shared access signature behind it is a key' });
    return undefined;
  }
  const found = SERVICE.exec(`.${url.hostname}`)?.[1];
  if (found === undefined || (found === service && url.pathname === '/')) return url;
  problem({
    setting,
    expected:
      found === service
        ? `${url.origin}, without a container, queue or blob behind it`
        : `the address of the ${service} service, ${url.origin.replace(`.${found}.`, `.${service}.`)}`,
    got: shown(text),
  });
  return undefined;
}

const bare = (url: URL): string => url.href.replace(/\/$/u, '');
