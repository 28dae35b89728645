import { KeylessError } from '../errors/errors.ts';
import { whoIs } from '../settings/identity.ts';
import type { IdentityChoice } from '../settings/settings.ts';

/** MSAL’s word for a connection that broke or took too long. */
const NO_ANSWER = /network_error/u;
/** MSAL’s codes for an answer that is no JSON, by its status. */
const NO_JSON = new Set(['unknown_error', 'client_error', 'server_error']);
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
  const status = statusOf(thrown);
  const message = thrown instanceof Error ? thrown.message : '';
  const failing = (how: string) =>
    new KeylessError('IdentityEndpointFailing', `${what}: the identity endpoint ${how}.`, { cause });
  if (status === undefined)
    return failing(NO_ANSWER.test(message) ? 'did not answer' : 'answered, but with no token');
  const page = NO_JSON.has(errorCodeOf(thrown)) ? ' with something that is not its own' : '';
  const words = page ? undefined : /Description: (.{1,300}?)(?: - |$)/mu.exec(message)?.[1]?.trim();
  const how = `answered HTTP ${status}${page}${words ? ` (${words})` : ''}`;
  // What refuses is the endpoint’s own JSON: a page stands for somebody in between, and a 200 refuses nothing.
  if (page || status < 400 || status >= 500 || MENDS_ITSELF.has(status)) return failing(how);
  return new KeylessError('IdentityRefused', `${what}: the identity endpoint ${how}.`, { cause });
}

/** MSAL’s error beneath the library’s alone tells. */
const beneath = (thrown: unknown): object =>
  thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : {};

function statusOf(thrown: unknown): number | undefined {
  const error = beneath(thrown);
  return 'status' in error && typeof error.status === 'number' ? error.status : undefined;
}

function errorCodeOf(thrown: unknown): string {
  const error = beneath(thrown);
  return 'errorCode' in error ? String(error.errorCode) : '';
}
