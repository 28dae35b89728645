/**
 * The types of infra/entra, as far as it uses them: the extension itself comes from mcr.microsoft.com, which not every
 * machine reaches. In the form of https://github.com/Azure/bicep-types, after what the extension's version 1.0.0 says of
 * these resources: https://github.com/microsoftgraph/msgraph-bicep-types
 */
export function graphTypes(): { index: object; types: object[] } {
  const types: object[] = [];
  const add = (type: object) => ({ $ref: `#/${types.push(type) - 1}` });
  const string = add({ $type: 'StringType' });
  const boolean = add({ $type: 'BooleanType' });
  const guid = add({ $type: 'StringType', minLength: 36, maxLength: 36 });
  const listOf = (itemType: object) => add({ $type: 'ArrayType', itemType });
  const object = (name: string, members: Record<string, [type: object, flags: number]>) =>
    add({
      $type: 'ObjectType',
      name,
      properties: Object.fromEntries(
        Object.entries(members).map(([member, [type, flags]]) => [member, { type, flags }]),
      ),
    });
  const [OPTIONAL, REQUIRED, READ_ONLY, KEY] = [0, 1, 2, 1 | 8 | 16];
  const api = object('api', { requestedAccessTokenVersion: [add({ $type: 'IntegerType' }), OPTIONAL] });
  const appRole = object('appRole', {
    allowedMemberTypes: [listOf(string), OPTIONAL],
    description: [string, OPTIONAL],
    displayName: [string, OPTIONAL],
    id: [guid, OPTIONAL],
    isEnabled: [boolean, OPTIONAL],
    value: [string, OPTIONAL],
  });
  const bodies = {
    applications: {
      uniqueName: [string, KEY],
      displayName: [string, REQUIRED],
      signInAudience: [string, OPTIONAL],
      identifierUris: [listOf(string), OPTIONAL],
      api: [api, OPTIONAL],
      appRoles: [listOf(appRole), OPTIONAL],
      appId: [string, READ_ONLY],
    },
    servicePrincipals: { appId: [string, REQUIRED] },
    appRoleAssignedTo: {
      appRoleId: [guid, REQUIRED],
      principalId: [guid, REQUIRED],
      resourceId: [guid, REQUIRED],
    },
  } satisfies Record<string, Record<string, [object, number]>>;
  const resources = Object.entries(bodies).map(([kind, members]) => {
    const name = `Microsoft.Graph/${kind}`;
    const body = object(name, { ...members, id: [string, READ_ONLY] });
    const { $ref } = add({ $type: 'ResourceType', name: `${name}@v1.0`, scopeType: 0, body, flags: 0 });
    return [`${name}@v1.0`, { $ref: `types.json${$ref}` }];
  });
  const settings = { name: 'MicrosoftGraph', version: '1.0.0', isSingleton: false };
  return { index: { resources: Object.fromEntries(resources), resourceFunctions: {}, settings }, types };
}
