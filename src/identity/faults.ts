import { KeylessError } from '../errors.ts';
import type { IdentityChoice } from '../settings.ts';
import type { LastAnswers } from './identityHttpClient.ts';

/** The resource a scope is for, as the identity endpoint is asked: the scope without `/.default`. */
const resourceOf = (scope: string): string => scope.replace(/\/\.default$/u, '');

/** Words of the endpoint and the library that mean: there is nothing here to ask. */
const NOTHING_HERE = /not available|no managed identity endpoint|is not supported in this environment/iu;

/** A failed token request as the error book knows it: no identity here, identity refused, or endpoint failing. */
export function identityFault(
  thrown: unknown,
  scope: string,
  choice: IdentityChoice,
  lastAnswers: LastAnswers,
): KeylessError {
  if (thrown instanceof KeylessError) return thrown;
  const cause = thrown;
  const who = WHO[choice.kind];
  const what = `No token for ${scope} with ${who}${'id' in choice ? ` ${choice.id}` : ''}`;
  if (choice.kind === 'developer') {
    return new KeylessError('IdentityUnavailable', `${what}: nobody is signed in on this machine.`, {
      cause,
      fix: 'az login (or azd auth login), then try again. In Azure: az functionapp identity assign --name <app> --resource-group <group>.',
    });
  }
  const message = thrown instanceof Error ? thrown.message : '';
  const asked = lastAnswers.has(resourceOf(scope));
  const status = lastAnswers.get(resourceOf(scope));
  if (!asked && NOTHING_HERE.test(message)) {
    return new KeylessError('IdentityUnavailable', `${what}: there is no managed identity endpoint here.`, {
      cause,
    });
  }
  if (
    status === undefined ||
    status === 404 ||
    status === 408 ||
    status === 410 ||
    status === 429 ||
    status >= 500
  ) {
    const how = status === undefined ? 'did not answer' : `answered HTTP ${status}`;
    return new KeylessError('IdentityEndpointFailing', `${what}: the identity endpoint ${how}.`, { cause });
  }
  const words = /Description: (.{1,300}?)(?: - |$)/su.exec(message)?.[1]?.replaceAll(/\s+/gu, ' ');
  return new KeylessError(
    'IdentityRefused',
    `${what}: the identity endpoint answered HTTP ${status}${words ? ` (${words.trim()})` : ''}.`,
    { cause },
  );
}

const WHO = {
  systemAssigned: 'the system-assigned identity',
  clientId: 'the user-assigned identity of client id',
  objectId: 'the user-assigned identity of object id',
  resourceId: 'the user-assigned identity of resource id',
  developer: 'the developer’s sign-in',
} as const;
