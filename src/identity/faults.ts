import { KeylessError } from '../errors/errors.ts';
import { OutboundFailure } from '../outbound/failure.ts';
import { whoIs } from '../settings/identity.ts';
import type { IdentityChoice } from '../settings/settings.ts';
import type { Exchange } from './identityHttpClient.ts';

/** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#retry-guidance */
const MENDS_ITSELF = new Set([404, 408, 410, 429]);
const SHOWN_CHARACTERS = 300;
const STRANGER =
  'Try again in a minute. If it stays, look what answers at the address in IDENTITY_ENDPOINT; a restart of the app has the platform set it anew.';

/** A failed token request as the error book knows it: no identity here, identity refused, or endpoint failing. */
export function identityFault(
  thrown: unknown,
  scope: string,
  choice: IdentityChoice,
  { last }: Exchange,
): KeylessError {
  if (thrown instanceof KeylessError) return thrown;
  const cause = thrown;
  const what = `No token for ${scope} with ${whoIs(choice)}`;
  if (choice.kind === 'developer') {
    return new KeylessError('IdentityUnavailable', `${what}: nobody is signed in on this machine.`, {
      cause,
      fix: 'az login (or azd auth login), then try again. In Azure: az functionapp identity assign --name <app> --resource-group <group>.',
    });
  }
  const failing = (how: string, fix?: string) =>
    new KeylessError('IdentityEndpointFailing', `${what}: the identity endpoint ${how}.`, {
      cause,
      ...(fix !== undefined && { fix }),
    });
  if (last instanceof OutboundFailure) return failing(last.message);
  if (!last) return failing(`was not asked (${String(thrown)})`);
  const { status, text } = last;
  const own = parsed(text);
  if (own === undefined)
    return failing(`answered HTTP ${status} with something that is not its own`, STRANGER);
  const words = wordsOf(own);
  const how = `answered HTTP ${status}${words ? ` (${words})` : ', but with no token'}`;
  // What refuses is the endpoint’s own words, and a 200 refuses nothing.
  const refuses = words !== undefined && status >= 400 && status < 500 && !MENDS_ITSELF.has(status);
  return refuses
    ? new KeylessError('IdentityRefused', `${what}: the identity endpoint ${how}.`, { cause })
    : failing(how);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** App Service has a message, IMDS an error with a description. */
function wordsOf(answer: unknown): string | undefined {
  const { message, error_description: description } = (answer ?? {}) as Record<string, unknown>;
  const words = [message, description].find((each) => typeof each === 'string' && each.trim() !== '');
  return typeof words === 'string' ? words.trim().slice(0, SHOWN_CHARACTERS) : undefined;
}
