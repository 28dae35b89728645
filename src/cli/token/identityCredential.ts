import type { TokenCredential } from '@azure/identity';
import { KeylessError } from '../../errors/errors.ts';
import { credentialFor } from '../../identity/credential.ts';
import { readIdentity } from '../../settings/identity.ts';
import { describe, type Problem } from '../../settings/problem.ts';
import type { IdentityChoice } from '../../settings/settings.ts';

/** THE credential of the settings’ identity alone, whatever else is wrong with them. Throws SettingsInvalid. */
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
  return { identity, credential: credentialFor(identity) };
}
