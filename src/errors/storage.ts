import type { Entry } from './entry.ts';

/** The storage account of the pictures. `<account>`, `<container>` and `<blob>` are filled in where they are known. */
export const storage = {
  StorageRefused: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The storage account refused the identity',
    cause: 'The identity has no data role on the storage account of the pictures.',
    fix: 'az role assignment create --assignee-object-id <object id> --assignee-principal-type ServicePrincipal --role "Storage Blob Data Owner" --scope <resource id of the storage account>',
  },
  StorageFirewalled: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The storage account’s firewall keeps the app out',
    cause: 'The account takes requests of chosen networks alone, and the app’s is none of them.',
    fix: 'az storage account network-rule add --account-name <account> --subnet <subnet id of the app>',
  },
  StorageTokenRefused: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The storage account did not take the token',
    cause: 'The token is of another tenant than the account’s, or the clock of this machine is wrong.',
    fix: 'Compare the tenant of the identity with that of the account’s subscription: az account show --subscription <subscription> --query tenantId',
  },
  StorageDisabled: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The storage account or its container is disabled',
    cause:
      'The subscription may be disabled, the account or container locked, or the key in a key vault that the account encrypts with cannot be reached.',
    fix: 'az storage account show --name <account> --query "{status:statusOfPrimary, encryption:encryption}"',
  },
  StorageRejected: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The storage account does not take the request',
    cause:
      'It answered with a code that trying again does not mend: a kind of account or of blob that this app does not know.',
    fix: 'Look the code in the detail up at https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes',
  },
  StorageUnavailable: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'The storage account has trouble',
    cause:
      'It did not answer, or answered with a server error, or a proxy or captive portal answered in its place.',
    fix: 'Try again in a minute; check ImageStorage in the settings if it stays.',
  },
  ContainerMissing: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The container of the pictures does not exist',
    cause: 'IMAGES_CONTAINER names a container that the account does not have.',
    fix: 'az storage container create --account-name <account> --name <container> --auth-mode login',
  },
  ImageArchived: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The picture lies in the archive tier',
    cause: 'Archived blobs cannot be read; somebody, or a lifecycle rule, has moved the picture there.',
    fix: 'az storage blob set-tier --account-name <account> --container-name <container> --name <blob> --tier Hot --rehydrate-priority High --auth-mode login; once it is back, after hours: npm run keyless -- retry --code ImageArchived',
  },
  ImageRehydrating: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The picture is on its way back from the archive tier',
    cause: 'Until it is back, which takes up to 15 hours, it cannot be read; no event tells of its return.',
    fix: 'az storage blob show --account-name <account> --container-name <container> --name <blob> --query properties.rehydrationStatus --auth-mode login; once that is empty: npm run keyless -- retry --code ImageRehydrating',
  },
  ImageEncrypted: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The picture is encrypted with a key of its uploader',
    cause: 'It was uploaded with a customer-provided key, which storage asks for with each request.',
    fix: 'Upload the picture without a key in the request; for a key of your own use an encryption scope of the account.',
  },
  ImageNameInvalid: {
    status: 400,
    fault: 'caller',
    transient: false,
    title: 'No picture can have this name',
    cause: 'Storage refuses the name: it is too long, or has characters that no blob’s name may have.',
    fix: 'Give the picture a name of at most 1,024 characters, without control characters.',
  },
  BlobNotOurs: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'A blob of somebody else stands in the way',
    cause:
      'The app keeps documents and claims under the names of the pictures, and never writes over a blob that it did not write itself.',
    fix: 'Move that blob, or give the app containers of its own: PREDICTIONS_CONTAINER, and beside it <its name>-claims.',
  },
  BlobBlocked: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'A document or claim of this app cannot be read or written',
    cause:
      'Somebody’s lease, retention policy, legal hold or key stands on it, or a lifecycle rule has moved it to the archive tier.',
    fix: 'Take what the detail names away from the app’s own containers, then: npm run keyless -- backfill',
  },
} as const satisfies Record<string, Entry>;
