import { KeylessError } from '../errors/errors.ts';
import type { Principal } from '../identity/ownClaims.ts';
import { parsed } from './answer.ts';

/** What the service said, as far as it did. */
export type Spoken = {
  code: string | undefined;
  message: string;
  /** The gateway before it speaks nested, { error: { code, message } }, Custom Vision flat. */
  byGateway: boolean;
};

const SHOWN_CHARACTERS = 300;
const CAUSE_CHARACTERS = 2_000;

/** Of the text of an answer. */
export function spoken(text: string): Spoken {
  const body = parsed(text);
  const outer = isRecord(body) ? body : {};
  const byGateway = isRecord(outer.error);
  const { code, message } = isRecord(outer.error) ? outer.error : outer;
  return {
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
    message: typeof message === 'string' ? message : '',
    byGateway,
  };
}

/** For the words of an error. */
export function answered(status: number, { code, message }: Spoken, target: string): string {
  const named = code && code !== String(status) ? ` ${code}` : '';
  const words = message ? ` “${message.slice(0, SHOWN_CHARACTERS)}”` : '';
  return `Custom Vision answered ${status}${named}${words} to ${target}.`;
}

export const causeOf = (status: number, text: string): Error =>
  new Error(`HTTP ${status}: ${text.slice(0, CAUSE_CHARACTERS)}`);

/** The custom subdomain, by which an account is found. */
export const accountOf = (endpoint: string): string => new URL(endpoint).hostname.split('.')[0] ?? '';

/** What grants the role on an account. */
export const grantFix = ({ objectId, user }: Principal, role: string, account: string): string =>
  `az role assignment create --assignee-object-id ${objectId} --assignee-principal-type ${user ? 'User' : 'ServicePrincipal'} --role "${role}" ` +
  `--scope $(az cognitiveservices account list --query "[?properties.customSubDomainName=='${account}'].id" --output tsv), then wait some minutes`;

export const tokenRefused = (
  detail: string,
  { audience = 'an unknown audience', tenantId = 'unknown' }: Principal,
  cause: unknown,
): KeylessError =>
  new KeylessError('TokenRefused', `${detail} The token is for ${audience}, from tenant ${tenantId}.`, {
    cause,
  });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
