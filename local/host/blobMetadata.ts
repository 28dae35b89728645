import { randomUUID } from 'node:crypto';
import type { BlobGetPropertiesResponse } from '@azure/storage-blob';
import type { RpcTypedData } from './contract.ts';

export type BlobAtHand = {
  functionName: string;
  container: string;
  name: string;
  url: string;
  properties: BlobGetPropertiesResponse;
  params: Record<string, string>;
};

const NEVER = '0001-01-01T00:00:00+00:00';
const BLOB_TYPES = ['BlockBlob', 'PageBlob', 'AppendBlob'];
const LEASE_STATES = ['available', 'leased', 'expired', 'breaking', 'broken'];

/**
 * Trigger metadata as the real host sends it: names and path parameters as strings, which the library parses as JSON
 * when they happen to be; the URI as a JSON string; properties and metadata as JSON objects.
 */
export function createBlobMetadata(blob: BlobAtHand): Record<string, RpcTypedData> {
  const { functionName, container, name, url, properties, params } = blob;
  const json = (value: unknown): RpcTypedData => ({ json: JSON.stringify(value) });
  return {
    BlobTrigger: { string: `${container}/${name}` },
    Uri: json(url),
    Properties: json(netProperties(properties)),
    Metadata: json(properties.metadata ?? {}),
    sys: json({ MethodName: functionName, UtcNow: new Date().toISOString(), RandGuid: randomUUID() }),
    ...Object.fromEntries(Object.entries(params).map(([key, string]) => [key, { string }])),
  };
}

/**
 * The .NET class BlobProperties as JSON: Pascal case, enumerations as numbers, dates with +00:00, an ETag that
 * serializes to nothing.
 * https://learn.microsoft.com/dotnet/api/azure.storage.blobs.models.blobproperties
 */
function netProperties(of: BlobGetPropertiesResponse): Record<string, unknown> {
  return {
    LastModified: netDate(of.lastModified),
    CreatedOn: netDate(of.createdOn),
    Metadata: of.metadata ?? {},
    ObjectReplicationDestinationPolicyId: null,
    ObjectReplicationSourceProperties: null,
    BlobType: indexIn(BLOB_TYPES, of.blobType),
    CopyCompletedOn: netDate(of.copyCompletedOn),
    CopyStatusDescription: of.copyStatusDescription ?? null,
    CopyId: of.copyId ?? null,
    CopyProgress: of.copyProgress ?? null,
    CopySource: of.copySource ?? null,
    CopyStatus: indexIn(['pending', 'success', 'aborted', 'failed'], of.copyStatus),
    BlobCopyStatus: null,
    IsIncrementalCopy: of.isIncrementalCopy ?? false,
    DestinationSnapshot: of.destinationSnapshot ?? null,
    LeaseDuration: indexIn(['infinite', 'fixed'], of.leaseDuration),
    LeaseState: indexIn(LEASE_STATES, of.leaseState),
    LeaseStatus: indexIn(['locked', 'unlocked'], of.leaseStatus),
    ContentLength: of.contentLength ?? 0,
    ContentType: of.contentType ?? null,
    ETag: {},
    ContentHash: of.contentMD5 ? Buffer.from(of.contentMD5).toString('base64') : null,
    ContentEncoding: of.contentEncoding ?? null,
    ContentDisposition: of.contentDisposition ?? null,
    ContentLanguage: of.contentLanguage ?? null,
    CacheControl: of.cacheControl ?? null,
    BlobSequenceNumber: of.blobSequenceNumber ?? 0,
    AcceptRanges: of.acceptRanges ?? null,
    BlobCommittedBlockCount: of.blobCommittedBlockCount ?? 0,
    IsServerEncrypted: of.isServerEncrypted ?? false,
    EncryptionKeySha256: of.encryptionKeySha256 ?? null,
    EncryptionScope: of.encryptionScope ?? null,
    AccessTier: of.accessTier ?? null,
    AccessTierInferred: of.accessTierInferred ?? false,
    ArchiveStatus: of.archiveStatus ?? null,
    AccessTierChangedOn: netDate(of.accessTierChangedOn),
    VersionId: of.versionId ?? null,
    IsLatestVersion: of.isCurrentVersion ?? false,
    TagCount: of.tagCount ?? 0,
    ExpiresOn: netDate(of.expiresOn),
    IsSealed: of.isSealed ?? false,
    RehydratePriority: of.rehydratePriority ?? null,
    LastAccessed: netDate(of.lastAccessed),
    ImmutabilityPolicy: { ExpiresOn: null, PolicyMode: null },
    HasLegalHold: of.legalHold ?? false,
  };
}

function netDate(date: Date | undefined): string {
  return date ? `${date.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}+00:00` : NEVER;
}

/** The number of a .NET enumeration's member; what is absent has its default, 0. */
function indexIn(members: readonly string[], member: string | undefined): number {
  return Math.max(0, members.indexOf(member ?? ''));
}
