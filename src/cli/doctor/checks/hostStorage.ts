import type { Connection } from '../../../storage/clients.ts';
import { type Check, type Finding, ok } from '../check.ts';
import { type Context, INSIDE } from '../context.ts';
import { openStorage, storageFault } from '../storageCall.ts';

/** The host’s own account: without blobs it keeps no keys and receipts, without queues no function starts. */
export function hostStorageCheck(context: Context): Check {
  const connection = hostConnection(context);
  const byIdentity = connection !== undefined && 'blobServiceUri' in connection;
  return {
    id: 'host-storage',
    group: 'Storage',
    title: 'The host’s own account',
    after: ['host-connection', ...(byIdentity ? ['token'] : [])],
    async run(): Promise<Finding> {
      if (context.deployed) return { status: 'could not check', finding: INSIDE, because: 'inside' };
      if (!connection) return ok('Not looked at: its settings name no address.');
      const { blobs, queues } = await openStorage(connection, context.credential);
      const call = { connection: 'AzureWebJobsStorage' } as const;
      try {
        await blobs.getContainerClient('azure-webjobs-hosts').exists();
      } catch (error) {
        const what = 'Looking at the host’s container azure-webjobs-hosts';
        return storageFault(context, error, { ...call, what, url: blobs.url, service: 'blob' });
      }
      try {
        await queues.listQueues().byPage({ maxPageSize: 1 }).next();
      } catch (error) {
        const what = 'Listing the host’s queues';
        return storageFault(context, error, { ...call, what, url: queues.url, service: 'queue' });
      }
      return ok('Its containers and queues can be reached.');
    },
  };
}

function hostConnection({ get }: Context): Connection | undefined {
  const name = 'AzureWebJobsStorage';
  const connectionString = get(name);
  if (connectionString) return { connectionString };
  const account = get(`${name}__accountName`);
  const uri = (service: 'blob' | 'queue') =>
    get(`${name}__${service}ServiceUri`) ?? (account && `https://${account}.${service}.core.windows.net`);
  const [blobServiceUri, queueServiceUri] = [uri('blob'), uri('queue')];
  return blobServiceUri && queueServiceUri ? { blobServiceUri, queueServiceUri } : undefined;
}
