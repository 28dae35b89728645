import type { TokenCredential } from '@azure/identity';
import { createCredential } from '../../identity/credential.ts';

let credential: TokenCredential | undefined;

/** The sign-in of who types the command (az, azd, …), with its token cache; one for the process. */
export function operatorCredential(): TokenCredential {
  credential ??= createCredential({ kind: 'developer' });
  return credential;
}
