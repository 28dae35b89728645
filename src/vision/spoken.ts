import { KeylessError } from '../errors/errors.ts';
import type { Principal } from '../identity/ownClaims.ts';

/** What the service said, as far as it did. */
export type Spoken = {
  code: string | undefined;
  message: string;
  /** The gateway before it speaks nested, { error: { code, message } }, Custom Vision flat. */
  byGateway: boolean;
};

const SHOWN_CHARACTERS = 300;

/** Of the JSON of an answer. */
export function spoken(body: unknown): Spoken {
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

export const tokenRefused = (
  detail: string,
  { audience, tenantId }: Principal,
  cause?: unknown,
): KeylessError =>
  new KeylessError(
    'TokenRefused',
    `${detail} The token is for ${audience ?? 'an unknown audience'}, from tenant ${tenantId ?? 'unknown'}.`,
    { cause },
  );

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
