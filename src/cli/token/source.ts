import type { TokenCredential } from '@azure/identity';
import { AzureLogger, setLogLevel } from '@azure/logger';
import { KeylessError } from '../../errors/errors.ts';
import { createCredential } from '../../identity/credential.ts';
import { readIdentity } from '../../settings/identity.ts';
import { describe, type Problem } from '../../settings/problem.ts';
import type { IdentityChoice } from '../../settings/settings.ts';

/** A credential of the settings’ identity, whatever else is wrong with them. Throws SettingsInvalid. */
export function identityCredential(environment: NodeJS.ProcessEnv = process.env): {
  identity: IdentityChoice;
  credential: TokenCredential;
} {
  const problems: Problem[] = [];
  const identity = readIdentity(
    (name) => environment[name]?.trim() || undefined,
    (problem) => problems.push(problem),
  );
  if (problems.length > 0) throw new KeylessError('SettingsInvalid', problems.map(describe).join(' · '));
  return { identity, credential: createCredential(identity) };
}

const KIND = {
  systemAssigned: 'system-assigned',
  clientId: 'user-assigned, by client id',
  objectId: 'user-assigned, by object id',
  resourceId: 'user-assigned, by resource id',
  developer: 'whoever is signed in on this machine',
} as const;

/** Which identity was asked for, in words. */
export const identityText = (identity: IdentityChoice): string =>
  `${KIND[identity.kind]}${'id' in identity ? ` ${identity.id}` : ''}`;

/** What gave a token: a managed identity’s endpoint, or the developer’s sign-in that the library found. */
export type TokenSource = { text(): string };

/** Only the library’s log tells which sign-in of its chain it was; it holds no token. Asked before the token is. */
export function watchSource(identity: IdentityChoice, environment: NodeJS.ProcessEnv): TokenSource {
  if (identity.kind !== 'developer') {
    const host = URL.canParse(environment.IDENTITY_ENDPOINT ?? '')
      ? ` at ${new URL(environment.IDENTITY_ENDPOINT ?? '').host}`
      : '';
    return { text: () => `App Service identity endpoint${host}` };
  }
  let found: string | undefined;
  AzureLogger.log = (...words: unknown[]) => {
    found = /Result for (\w+): SUCCESS/u.exec(words.join(' '))?.[1] ?? found;
  };
  setLogLevel('info');
  return { text: () => SIGN_IN[found ?? ''] ?? found ?? 'the developer’s sign-in' };
}

const SIGN_IN: Readonly<Record<string, string>> = {
  AzureCliCredential: 'Azure CLI (az login)',
  AzureDeveloperCliCredential: 'Azure Developer CLI (azd auth login)',
  AzurePowerShellCredential: 'Azure PowerShell (Connect-AzAccount)',
  VisualStudioCodeCredential: 'Visual Studio Code',
};
