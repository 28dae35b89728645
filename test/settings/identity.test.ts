import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings/settings.ts';
import { environment, settingsOf, wrong } from './environment.ts';

const UUID = '8a7b1c6e-94d3-4f52-8b1d-2c9e5f30a401';
const RESOURCE =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/orchard/providers/Microsoft.ManagedIdentity/userAssignedIdentities/picker';

describe('which identity asks for tokens', () => {
  it.each([
    ['MANAGED_IDENTITY_CLIENT_ID', UUID, 'clientId'],
    ['MANAGED_IDENTITY_OBJECT_ID', UUID, 'objectId'],
    ['MANAGED_IDENTITY_RESOURCE_ID', RESOURCE, 'resourceId'],
    ['MANAGED_IDENTITY_RESOURCE_ID', RESOURCE.toLowerCase(), 'resourceId'],
  ])('%s=%s names a user-assigned one', (setting, id, kind) => {
    expect(settingsOf(environment({ [setting]: id })).identity).toEqual({ kind, id });
  });

  it('is the system-assigned one when none is named', () => {
    expect(settingsOf(environment()).identity).toEqual({ kind: 'systemAssigned' });
  });

  it('is the developer where there is no managed identity endpoint, also with a selector from the cloud', () => {
    const own = {
      IDENTITY_ENDPOINT: undefined,
      IDENTITY_HEADER: undefined,
      MANAGED_IDENTITY_CLIENT_ID: UUID,
    };
    expect(settingsOf(environment(own)).identity).toEqual({ kind: 'developer' });
  });

  it.each([
    ['IDENTITY_HEADER', 'as on an Azure Arc machine, whose endpoint is not one of Functions'],
    ['IDENTITY_ENDPOINT', 'as after half a copy'],
  ])('is the developer without %s, %s', (missing) => {
    expect(settingsOf(environment({ [missing]: undefined })).identity).toEqual({ kind: 'developer' });
  });

  it('is at most one: two selectors are both named', () => {
    const own = { MANAGED_IDENTITY_CLIENT_ID: UUID, MANAGED_IDENTITY_RESOURCE_ID: RESOURCE };
    expect(readSettings(environment(own)).problems).toMatchObject([
      {
        setting: 'MANAGED_IDENTITY_CLIENT_ID and MANAGED_IDENTITY_RESOURCE_ID',
        expected: expect.stringContaining('at most one'),
      },
    ]);
  });

  it.each([
    ['MANAGED_IDENTITY_CLIENT_ID', 'picker'],
    ['MANAGED_IDENTITY_OBJECT_ID', RESOURCE],
    ['MANAGED_IDENTITY_RESOURCE_ID', UUID],
    ['MANAGED_IDENTITY_RESOURCE_ID', '/subscriptions/x/resourceGroups/y/providers/Microsoft.Web/sites/z'],
  ])('is refused when %s is malformed: %s', (setting, id) => {
    expect(wrong(environment({ [setting]: id }))).toEqual([setting]);
  });
});

describe('AZURE_TOKEN_CREDENTIALS on a developer’s machine', () => {
  const developer = (value: string) =>
    environment({ IDENTITY_ENDPOINT: undefined, IDENTITY_HEADER: undefined, AZURE_TOKEN_CREDENTIALS: value });

  it.each(['dev', 'AzureCliCredential', 'azuredeveloperclicredential', '  '])('may be %j', (value) => {
    expect(settingsOf(developer(value)).identity).toEqual({ kind: 'developer' });
  });

  it.each(['prod', 'ManagedIdentityCredential', 'bogus'])(
    'may not be %s, which would look for a managed identity for minutes',
    (value) => {
      expect(wrong(developer(value))).toEqual(['AZURE_TOKEN_CREDENTIALS']);
    },
  );

  it('does not matter where there is a managed identity endpoint', () => {
    expect(settingsOf(environment({ AZURE_TOKEN_CREDENTIALS: 'prod' })).identity).toEqual({
      kind: 'systemAssigned',
    });
  });
});
