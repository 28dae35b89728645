import { KeylessError } from '../errors/errors.ts';
import { whoIs } from '../settings/identity.ts';
import type { IdentityChoice } from '../settings/settings.ts';

/** MSAL’s word for a connection that broke or took too long. */
const NO_ANSWER = /network_error/u;
/** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#retry-guidance */
const MENDS_ITSELF = new Set([404, 408, 410, 429]);

/** A failed token request as the error book knows it: no identity here, identity refused, or endpoint failing. */
export function identityFault(thrown: unknown, scope: string, choice: IdentityChoice): KeylessError {
  if (thrown instanceof KeylessError) return thrown;
  const cause = thrown;
  const what = `No token for ${scope} with ${whoIs(choice)}`;
  if (choice.kind === 'developer') {
    return new KeylessError('IdentityUnavailable', `${what}: nobody is signed in on this machine.`, {
      cause,
      fix: 'az login (or azd auth login), then try again. In Azure: az functionapp identity assign --name <app> --resource-group <group>.',
    });
  }
  const message = thrown instanceof Error ? thrown.message : '';
  const status = statusOf(thrown);
  const silent = status === undefined && NO_ANSWER.test(message);
  if (silent || (status !== undefined && (MENDS_ITSELF.has(status) || status >= 500))) {
    const how = silent ? 'did not answer' : `answered HTTP ${status}`;
    return new KeylessError('IdentityEndpointFailing', `${what}: the identity endpoint ${how}.`, { cause });
  }
  const words = /Description: (.{1,300}?)(?: - |$)/mu.exec(message)?.[1]?.trim();
  const how = status === undefined ? 'answered, but with no token' : `answered HTTP ${status}`;
  const detail = `${what}: the identity endpoint ${how}${words ? ` (${words})` : ''}.`;
  return new KeylessError('IdentityRefused', detail, { cause });
}

/** The HTTP status of a refusal, which only MSAL’s error beneath the library’s tells. */
function statusOf(thrown: unknown): number | undefined {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const status = cause instanceof Error && 'status' in cause ? cause.status : undefined;
  return typeof status === 'number' ? status : undefined;
}
