import { DefaultAzureCredential, ManagedIdentityCredential, type TokenCredential } from '@azure/identity';
import type { ManagedIdentityChoice } from '../settings/identity.ts';
import type { IdentityChoice } from '../settings/settings.ts';
import { identityFault } from './faults.ts';
import { createIdentityHttpClient, type Exchange, exchanges } from './identityHttpClient.ts';
import { createTokenCache } from './tokenCache.ts';

let shared: { choice: IdentityChoice; credential: TokenCredential } | undefined;

/** THE credential: made at the first call, then the same object for every function of this process. */
export function credentialFor(choice: IdentityChoice): TokenCredential {
  if (shared && shared.choice !== choice) {
    throw new Error('A second credential was asked for: one process has one identity.');
  }
  shared ??= { choice, credential: createCredential(choice) };
  return shared.credential;
}

/** `timeoutMs` is how long the identity endpoint may take to answer; `now` is the clock of the token cache. */
export type CredentialOptions = { timeoutMs?: number; now?: () => number };

/** A credential with its own token cache; errors are those of the error book. */
export function createCredential(choice: IdentityChoice, options: CredentialOptions = {}): TokenCredential {
  const source =
    choice.kind === 'developer'
      ? developerCredential()
      : managedIdentity(choice, createIdentityHttpClient(options.timeoutMs));
  const translated: TokenCredential = {
    async getToken(scope) {
      const exchange: Exchange = {};
      try {
        return await exchanges.run(exchange, () => source.getToken(scope));
      } catch (error) {
        throw identityFault(error, String(scope), choice, exchange);
      }
    },
  };
  return createTokenCache(translated, options.now);
}

function managedIdentity(
  choice: ManagedIdentityChoice,
  httpClient: ReturnType<typeof createIdentityHttpClient>,
): TokenCredential {
  switch (choice.kind) {
    case 'systemAssigned':
      return new ManagedIdentityCredential({ httpClient });
    case 'clientId':
      return new ManagedIdentityCredential({ clientId: choice.id, httpClient });
    case 'objectId':
      return new ManagedIdentityCredential({ objectId: choice.id, httpClient });
    case 'resourceId':
      return new ManagedIdentityCredential({ resourceId: choice.id, httpClient });
  }
}

/**
 * DefaultAzureCredential held to developer credentials: its full chain would look for a managed identity at
 * 169.254.169.254 on every call. It takes that choice from the environment only.
 */
function developerCredential(): TokenCredential {
  if (!process.env.AZURE_TOKEN_CREDENTIALS?.trim()) process.env.AZURE_TOKEN_CREDENTIALS = 'dev';
  return new DefaultAzureCredential();
}
