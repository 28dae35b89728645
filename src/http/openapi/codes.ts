import { type ErrorCode, errorBook } from '../../errors/errors.ts';
import { storage } from '../../errors/storage.ts';

const all = Object.keys(errorBook) as ErrorCode[];
const ofStorage = Object.keys(storage) as ErrorCode[];
const statusOf = (code: ErrorCode): number => errorBook[code].status;

/** What any function may answer that asks who calls. */
const CALLER: readonly ErrorCode[] = [
  ...all.filter((code) => statusOf(code) === 401),
  'RoleMissing',
  'CallerKeysUnavailable',
];

/** What only reading, or only the functions without a caller, come to. */
const NOT_OF_A_PREDICTION: readonly ErrorCode[] = ['NotFound', ...ofStorage, 'PictureBusy', 'GivenUp'];
const STORAGE: readonly ErrorCode[] = [
  'SettingsInvalid',
  'IdentityUnavailable',
  'IdentityRefused',
  'IdentityEndpointFailing',
  ...ofStorage.filter((code) => code.startsWith('Storage')),
  'ProxyRefused',
  'ProxyUnavailable',
  'Unexpected',
  ...CALLER,
];

/** The codes that each function may answer. */
export const codes = {
  predict: all.filter((code) => !NOT_OF_A_PREDICTION.includes(code)),
  models: ['SettingsInvalid', 'Unexpected', ...CALLER],
  list: ['RequestInvalid', ...STORAGE],
  read: [
    'RequestInvalid',
    'NotFound',
    'ImageMissing',
    'ImageTypeUnsupported',
    'ImageTooLarge',
    'ImageTruncated',
    'ImageUndecodable',
    'ImageTooManyPixels',
    'ImageTooSlow',
    'ConverterMissing',
    'ImageArchived',
    'ImageRehydrating',
    'ImageEncrypted',
    'BlobBlocked',
    ...STORAGE,
  ],
  health: ['SettingsInvalid', 'Unexpected'],
  page: ['Unexpected'],
} as const satisfies Record<string, readonly ErrorCode[]>;

/** The codes by HTTP status, in order. */
export function byStatus(those: readonly ErrorCode[]): [status: string, codes: ErrorCode[]][] {
  const statuses = [...new Set(those.map(statusOf))].toSorted((a, b) => a - b);
  return statuses.map((status) => [String(status), those.filter((code) => statusOf(code) === status)]);
}
