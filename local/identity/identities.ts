/** A managed identity: of the app itself (system-assigned) or a resource of its own (user-assigned). */
export type Identity = {
  name: string;
  type: 'system' | 'user';
  clientId: string;
  /** The principal that roles are assigned to. */
  objectId: string;
  /** Azure Resource Manager id of the app, or of the user-assigned identity. */
  resourceId: string;
};

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/keyless-vision/providers';

export const SYSTEM_ASSIGNED: Identity = {
  name: 'system-assigned',
  type: 'system',
  clientId: '5d0c5a52-2f4e-4a0b-9a3b-6d0a4c1f7e01',
  objectId: '5d0c5a52-2f4e-4a0b-9a3b-6d0a4c1f7e02',
  resourceId: `${GROUP}/Microsoft.Web/sites/keyless-vision`,
};

export const USER_ASSIGNED = userAssigned('user-assigned', '8a7b1c6e-94d3-4f52-8b1d-2c9e5f30a4');

/** For the failure everybody meets first: an identity that nobody gave a role. */
export const USER_ASSIGNED_WITHOUT_RIGHTS = userAssigned(
  'user-assigned-without-rights',
  'c3f2d9b4-61ae-4d07-a5c8-7e1b0d4693',
);

export const DEFAULT_IDENTITIES: readonly Identity[] = [
  SYSTEM_ASSIGNED,
  USER_ASSIGNED,
  USER_ASSIGNED_WITHOUT_RIGHTS,
];

function userAssigned(name: string, idStem: string): Identity {
  return {
    name,
    type: 'user',
    clientId: `${idStem}01`,
    objectId: `${idStem}02`,
    resourceId: `${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
  };
}

/** Throws when there is none of that name. */
export function identityNamed(identities: readonly Identity[], name: string): Identity {
  const found = identities.find((identity) => identity.name === name);
  if (found) return found;
  const names = identities.map((identity) => identity.name).join(', ');
  throw new Error(`There is no identity '${name}' here; there are: ${names || 'none'}.`);
}
