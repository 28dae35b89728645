import { randomUUID } from 'node:crypto';
import { BLOB_POISON_QUEUE, poisonQueueOf } from '../../../settings/events.ts';
import type { Settings } from '../../../settings/settings.ts';
import { statusOf } from '../../../storage/faults.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import { type Context, INSIDE, once } from '../context.ts';
import { accountOf, openImageStorage, type StorageClients, storageFault } from '../storageCall.ts';

/** The account of the pictures, with the very rights of the app. Nothing stays behind. */
export function storageChecks(context: Context): Check[] {
  const { settings } = context.loaded;
  if (!settings) return [];
  const byIdentity = 'blobServiceUri' in settings.imageStorage;
  const open = once(() => openImageStorage(context));
  const check = (id: string, title: string, run: (clients: StorageClients) => Promise<Finding>): Check => ({
    id,
    group: 'Storage',
    title,
    after: ['settings', 'image-connection', ...(byIdentity ? ['token'] : [])],
    run: async () =>
      context.deployed
        ? { status: 'could not check', finding: INSIDE, because: 'inside' }
        : run(await open()),
  });
  const emulator = !byIdentity;
  return [
    check('images', `The container ${settings.imagesContainer}`, (clients) =>
      pictures(context, clients, settings.imagesContainer, emulator),
    ),
    check('predictions', `The container ${settings.predictionsContainer}`, (clients) =>
      documents(context, clients, settings.predictionsContainer, emulator),
    ),
    check('queues', 'The queues beside them', (clients) => queues(context, clients, settings, emulator)),
  ];
}

async function pictures(
  context: Context,
  { blobs }: StorageClients,
  name: string,
  emulator: boolean,
): Promise<Finding> {
  const container = blobs.getContainerClient(name);
  try {
    const page = await container.listBlobsFlat().byPage({ maxPageSize: 1 }).next();
    const first = page.value?.segment.blobItems[0]?.name;
    if (first !== undefined) await container.getBlobClient(first).getProperties();
    return ok('It is there, and can be listed and read.', [
      first === undefined ? 'It is empty.' : `The first picture is ${first}.`,
    ]);
  } catch (error) {
    if (statusOf(error) === 404) return noContainer(name, blobs.url, emulator);
    return storageFault(context, error, {
      what: `Listing and reading the pictures of ${name}`,
      url: blobs.url,
      service: 'blob',
      connection: 'ImageStorage',
    });
  }
}

async function documents(
  context: Context,
  { blobs }: StorageClients,
  name: string,
  emulator: boolean,
): Promise<Finding> {
  const probe = blobs.getContainerClient(name).getBlockBlobClient(`.keyless-doctor/${randomUUID()}.json`);
  try {
    await probe.upload('{}', 2);
    await probe.downloadToBuffer();
    return ok('It can be written and read.');
  } catch (error) {
    if (statusOf(error) === 404) {
      return {
        ...noContainer(name, blobs.url, emulator),
        status: 'warning',
        finding: `The container ${name} is not there yet; the app makes it with its first document.`,
        fix: 'Leave it to the app, or:',
      };
    }
    return storageFault(context, error, {
      what: `Writing into ${name}`,
      url: blobs.url,
      service: 'blob',
      connection: 'ImageStorage',
    });
  } finally {
    await probe.deleteIfExists().catch(() => {}); // where writing was refused there is nothing to delete
  }
}

const noContainer = (name: string, url: string, emulator: boolean): Finding =>
  fault(`The container ${name} does not exist on ${accountOf(url)}.`, {
    fix: 'Make it:',
    command: `az storage container create --name ${name} ${authentication(url, emulator)}`,
  });

const authentication = (url: string, emulator: boolean): string =>
  emulator
    ? '--connection-string UseDevelopmentStorage=true'
    : `--account-name ${accountOf(url)} --auth-mode login`;

async function queues(
  context: Context,
  { queues: service }: StorageClients,
  { eventDelivery, eventQueue }: Settings,
  emulator: boolean,
): Promise<Finding> {
  const length = async (name: string): Promise<number | undefined> => {
    try {
      return (await service.getQueueClient(name).getProperties()).approximateMessagesCount ?? 0;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  };
  const byQueue = eventDelivery === 'queue';
  try {
    const poisonNames = [BLOB_POISON_QUEUE, ...(byQueue ? [poisonQueueOf(eventQueue)] : [])];
    const poison = await Promise.all(poisonNames.map(length));
    if (byQueue && (await length(eventQueue)) === undefined) {
      return fault(`The queue ${eventQueue}, where events are to come, does not exist.`, {
        fix: 'Make it:',
        command: `az storage queue create --name ${eventQueue} ${authentication(service.url, emulator)}`,
      });
    }
    const given = poison.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    const details = poisonNames.map(
      (name, index) => `${name}: ${poison[index] ?? 'not there, so nothing in it'}`,
    );
    if (given === 0) return ok('They answer; no picture was given up.', details);
    return warning(`${given} messages of pictures that were given up wait in ${poisonNames.join(' or ')}.`, {
      details,
      fix: 'The running app files them as failed documents; if the number stays, it does not run. Then score them again:',
      command: 'npm run keyless -- retry',
    });
  } catch (error) {
    return storageFault(context, error, {
      what: 'Looking at the queues',
      url: service.url,
      service: 'queue',
      connection: 'ImageStorage',
    });
  }
}
