import { asKeylessError, type ErrorCode, errorBook, KeylessError } from '../errors/errors.ts';
import { forLog } from '../errors/forLog.ts';
import { NotStorage } from './ownAnswers.ts';

/** An answer to HEAD has no body, so its code is among the details, from a header. */
type StorageError = Error & {
  statusCode?: number;
  code?: string;
  details?: { errorCode?: string };
  request?: { url?: string };
};

export const statusOf = (error: unknown): number | undefined =>
  (error as StorageError | undefined)?.statusCode;

export const codeOf = (error: unknown): string | undefined => {
  const { code, details } = (error ?? {}) as StorageError;
  return code ?? details?.errorCode;
};

/**
 * What storage’s codes mean where the status does not tell it:
 * https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes and .../blob-service-error-codes
 */
const MEANINGS: Readonly<Record<string, ErrorCode>> = {
  AuthorizationFailure: 'StorageFirewalled',
  NetworkAclsValidationFailure: 'StorageFirewalled',
  AuthenticationFailed: 'StorageTokenRefused',
  InvalidAuthenticationInfo: 'StorageTokenRefused',
  NoAuthenticationInformation: 'StorageTokenRefused',
  AccountIsDisabled: 'StorageDisabled',
  ContainerDisabled: 'StorageDisabled',
  KeyVaultAccessTokenCannotBeAcquired: 'StorageDisabled',
  KeyVaultEncryptionKeyNotFound: 'StorageDisabled',
  KeyVaultVaultNotFound: 'StorageDisabled',
  OutOfRangeInput: 'ImageNameInvalid',
  InvalidResourceName: 'ImageNameInvalid',
  InvalidUri: 'ImageNameInvalid',
};

type Block = { image: ErrorCode; why: string; fix: string };
const BLOB = '--account-name <account> --container-name <container> --name <blob> --auth-mode login';
const ARCHIVED: Block = {
  image: 'ImageArchived',
  why: 'it lies in the archive tier',
  fix: `Leave the container out of lifecycle rules; az storage blob set-tier ${BLOB} --tier Hot --rehydrate-priority High`,
};
const REHYDRATING: Block = {
  image: 'ImageRehydrating',
  why: 'it is on its way back from the archive tier',
  fix: `Wait until this is empty: az storage blob show ${BLOB} --query properties.rehydrationStatus`,
};
const ENCRYPTED: Block = {
  image: 'ImageEncrypted',
  why: 'it is encrypted with a customer-provided key',
  fix: `Delete it: az storage blob delete ${BLOB}`,
};
const HELD: Block = {
  image: 'BlobBlocked',
  why: 'a retention policy or legal hold protects it',
  fix: 'Take the policy from the container: az storage container immutability-policy show --account-name <account> --container-name <container>',
};
const LEASED: Block = {
  image: 'BlobBlocked',
  why: 'somebody else holds a lease on it',
  fix: 'az storage blob lease break --account-name <account> --container-name <container> --blob-name <blob> --auth-mode login',
};

/** What stands on one blob and stays there until somebody takes it away. */
const BLOCKS: Readonly<Record<string, Block>> = {
  BlobArchived: ARCHIVED,
  BlobBeingRehydrated: REHYDRATING,
  BlobUsesCustomerSpecifiedEncryption: ENCRYPTED,
  BlobCustomerSpecifiedEncryptionMismatch: ENCRYPTED,
  BlobDoesNotUseCustomerSpecifiedEncryption: ENCRYPTED,
  BlobImmutableDueToPolicy: HELD,
  BlobImmutableDueToLegalHold: HELD,
  LeaseIdMissing: LEASED,
  LeaseIdMismatchWithBlobOperation: LEASED,
  LeaseAlreadyPresent: LEASED,
};

/**
 * A failed call about the app’s own blobs, or about the account, as an error of the book; `what` names the operation and
 * the blob. What stays until somebody mends it is told apart from what passes.
 */
export const storageFault = (thrown: unknown, what: string): KeylessError => fault(thrown, what, false);

/** A failed call about a picture. */
export const pictureFault = (thrown: unknown, what: string): KeylessError => fault(thrown, what, true);

function fault(thrown: unknown, what: string, ofPicture: boolean): KeylessError {
  if (thrown instanceof KeylessError) return thrown;
  if (thrown instanceof NotStorage)
    return new KeylessError('StorageUnavailable', `${forLog(what)}: ${thrown.message}.`, { cause: thrown });
  const status = statusOf(thrown);
  const spoken = codeOf((thrown ?? {}) as StorageError);
  if (spoken === 'ProxyRefused' || spoken === 'ProxyUnavailable')
    return new KeylessError(spoken, `${forLog(what)}: ${(thrown as Error).message}`, { cause: thrown });
  if (status === undefined && spoken === undefined && !isCutOff(thrown)) return asKeylessError(thrown);
  const url = (thrown as StorageError).request?.url;
  const block = BLOCKS[spoken ?? ''];
  const code = block ? (ofPicture ? block.image : 'BlobBlocked') : meaningOf(status, spoken, ofPicture);
  const fix = block && code === 'BlobBlocked' ? `${block.fix}; then: npm run keyless -- backfill` : undefined;
  const why = block ? `: ${block.why}` : '';
  return new KeylessError(
    code,
    `${forLog(what)}: storage answered ${status ?? 'nothing'}${spoken ? ` ${spoken}` : ''}${why}.`,
    { cause: thrown, fix: filledIn(fix ?? errorBook[code].fix, url) },
  );
}

/** Network, 408, 429 and 5xx pass, and so do conflicts and absences that no code explains: something is on its way. */
function meaningOf(status: number | undefined, spoken: string | undefined, ofPicture: boolean): ErrorCode {
  const meaning = MEANINGS[spoken ?? ''];
  if (meaning) return meaning;
  if (ofPicture && spoken === 'ContainerNotFound') return 'ContainerMissing';
  if (status === 401 || status === 403) return 'StorageRefused';
  const passes = status === undefined || status >= 500 || [404, 408, 409, 412, 429].includes(status);
  return passes ? 'StorageUnavailable' : 'StorageRejected';
}

/** The library’s words for downloads that ended early, and ours: plain Errors. */
const CUT_OFF =
  /^(?:Stream drains before getting enough data|Data corruption failure: received less data|The stream ended early)/u;

/** It takes a connection that breaks for a wish to abort. Ours is one alone: that what stands still ends. */
const isCutOff = (thrown: unknown): boolean =>
  thrown instanceof Error && (thrown.name === 'AbortError' || CUT_OFF.test(thrown.message));

/** The account of a blob’s address; one under a name of its own does not tell it. */
const ACCOUNT = /^([a-z0-9]{3,24})\.(?:z\d+\.)?(?:blob|dfs|queue)\./u;

/** A fix with the account, container and blob that the failed request was about, as far as its address tells them. */
function filledIn(fix: string, address: string | undefined): string {
  const url = URL.parse(address ?? '');
  if (!url) return fix;
  const [, account] = ACCOUNT.exec(url.hostname) ?? [];
  const [container, ...segments] = url.pathname.slice(1).split('/');
  if (!account || !container) return fix;
  const blob = forShell(decodeURIComponent(segments.join('/')));
  return fix
    .replaceAll('<account>', account)
    .replaceAll('<container>', container)
    .replaceAll('<blob>', () => blob);
}

/** To the letter; a name that cannot stand in a log line stays a placeholder. */
const forShell = (name: string): string =>
  !name || forLog(name) !== name ? '<blob>' : `'${name.replaceAll("'", String.raw`'\''`)}'`;
