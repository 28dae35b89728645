import type { AppRole } from '@microsoft/microsoft-graph-types';
import { AzureRefusal } from '../azure/refusals.ts';
import type { Principal } from '../azure/servicePrincipals.ts';
import { suggestion } from '../suggestion.ts';

/** The app role of this value, where applications may have it. Throws AzureRefusal that lists those they may. */
export function appRoleNamed({ displayName, appRoles }: Principal, value: string): AppRole & { id: string } {
  const all = appRoles ?? [];
  const found = all.filter((role) => role.value === value);
  const good = found.find(isForApplications);
  if (good?.id) return { ...good, id: good.id };
  const values = all
    .filter(isForApplications)
    .flatMap((role) => role.value ?? [])
    .sort();
  const why = found.some((role) => !role.isEnabled)
    ? `The app role ${value} of ${displayName} is disabled.`
    : found.length > 0
      ? `The app role ${value} of ${displayName} is for users only, not for applications.`
      : `${displayName} has no app role ${value}.${suggestion(value, values)}`;
  throw new AzureRefusal(
    why,
    values.length > 0
      ? `One of: ${values.join(', ')}.`
      : 'It has none for applications: add one to its app registration, with allowedMemberTypes Application.',
  );
}

/** A managed identity is an application. */
const isForApplications = ({ isEnabled, allowedMemberTypes }: AppRole): boolean =>
  isEnabled === true && (allowedMemberTypes ?? []).includes('Application');
