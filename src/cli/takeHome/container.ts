import { buffer } from 'node:stream/consumers';
import type { TokenCredential } from '@azure/identity';
import { digest } from '../../pictures/digest.ts';
import { openBlobs } from '../../storage/clients.ts';
import { making } from '../../storage/containers.ts';
import { statusOf, storageFault } from '../../storage/faults.ts';
import { UsageError } from '../faults.ts';
import type { Place, Sum } from './place.ts';

/** Nobody waits for one file; storage’s own advice for whoever can. */
const RETRIES = { maxTries: 6, tryTimeoutInMs: 60_000, retryDelayInMs: 500, maxRetryDelayInMs: 15_000 };

/**
 * A container, written with the identity, which needs Storage Blob Data Contributor there; it is made. A blob’s sum is told by
 * its metadata, and a blob of cut bytes never comes to be. Throws a UsageError for an address that is no container’s.
 */
export async function openContainer(address: string, credential: TokenCredential): Promise<Place> {
  const { service, name } = partsOf(address);
  const blobs = await openBlobs({ blobServiceUri: service }, () => credential, RETRIES);
  const container = blobs.getContainerClient(name);
  const faultOf = (error: unknown, what: string) => storageFault(error, `${what} in ${name}`);
  return {
    name: `${new URL(service).host}/${name}`,
    async isEmpty() {
      try {
        const { value } = await container.listBlobsFlat().byPage({ maxPageSize: 1 }).next();
        return (value?.segment.blobItems.length ?? 0) === 0;
      } catch (error) {
        if (statusOf(error) === 404) return true;
        throw faultOf(error, 'Looking what is there');
      }
    },
    async read(path) {
      try {
        const { readableStreamBody } = await container.getBlobClient(path).download();
        return readableStreamBody && (await buffer(readableStreamBody));
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw faultOf(error, `Reading ${path}`);
      }
    },
    async write(path, bytes) {
      const sha256 = (await digest('sha256', bytes)).toString('hex');
      const client = container.getBlockBlobClient(path);
      await making(container, () => client.uploadData(bytes, { metadata: { sha256 } })).catch(
        (error: unknown) => {
          throw faultOf(error, `Writing ${path}`);
        },
      );
      return { bytes: bytes.length, sha256 };
    },
    async sums() {
      const sums = new Map<string, Sum>();
      try {
        for await (const { name: path, properties, metadata } of container.listBlobsFlat({
          includeMetadata: true,
        })) {
          sums.set(path, { bytes: properties.contentLength ?? 0, sha256: metadata?.sha256 ?? '' });
        }
      } catch (error) {
        if (statusOf(error) !== 404) throw faultOf(error, 'Listing what is there');
      }
      return sums;
    },
  };
}

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
function partsOf(address: string): { service: string; name: string } {
  const url = URL.parse(address);
  const [, path = '', name = ''] = /^(.*)\/([a-z\d](?:-?[a-z\d]){2,62})\/?$/u.exec(url?.pathname ?? '') ?? [];
  if (url?.protocol === 'https:' && name && !url.username && !url.search)
    return { service: `${url.origin}${path}`, name };
  throw new UsageError(
    '--to: expected a folder or the address of a container.',
    'One looks like https://<account>.blob.core.windows.net/<container>, without a signature: it is written with the identity.',
  );
}
