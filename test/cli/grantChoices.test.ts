import { describe, expect, it } from 'vitest';
import { resourceId } from '../../src/cli/azure/resourceId.ts';
import { UsageError } from '../../src/cli/faults.ts';
import { appRoleNamed } from '../../src/cli/grant/api.ts';
import { assignmentName } from '../../src/cli/grant/roleAssignments.ts';
import { roleFor, scopeFor } from '../../src/cli/grant/roles.ts';
import { STORAGE, VISION } from './azure/orchard.ts';

describe('a scope', () => {
  it('is a resource of the kind, or one in it, in any case', () => {
    const queue = `${STORAGE}/queueServices/default/queues/webjobs-blobtrigger-poison`;
    expect(scopeFor('queue', queue).id).toBe(queue);
    expect(scopeFor('vision', VISION.toLowerCase()).name).toBe('orchard-prediction');
  });

  it.each(['/subscriptions/s', VISION.split('/providers/')[0] ?? '', `${VISION.split('/providers/')[0]}/`])(
    'wider than the resource is refused: %s',
    (text) => {
      expect(() => scopeFor('vision', text)).toThrow(/wider than the role has to reach/u);
    },
  );

  it('of another kind is refused, with what one looks like', () => {
    expect(() => scopeFor('mail', STORAGE)).toThrow(UsageError);
    expect(() => scopeFor('mail', STORAGE)).toThrow(
      expect.objectContaining({
        fix: expect.stringContaining('Microsoft.Communication/communicationServices/'),
      }),
    );
  });
});

describe('a role', () => {
  it('is what the blob trigger needs unless another one is named', () => {
    expect(roleFor('storage').name).toBe('Storage Blob Data Owner');
    expect(roleFor('storage', 'storage blob data reader').name).toBe('Storage Blob Data Reader');
  });

  it('that does more than the kind is for is refused', () => {
    expect(() => roleFor('storage', 'Owner')).toThrow(UsageError);
    expect(() => roleFor('storage', 'Storage Blob Data Reeder')).toThrow(
      /Did you mean Storage Blob Data Reader\?/u,
    );
  });
});

describe('the name of an assignment', () => {
  const objectId = '5d0c5a52-2f4e-4a0b-9a3b-6d0a4c1f7e02';
  const named = (scope: string, id: string, name?: string) =>
    assignmentName({ scope: resourceId(scope), role: roleFor('storage', name), objectId: id });

  it('depends on scope, principal and role alone', () => {
    const name = named(STORAGE, objectId);
    expect(named(STORAGE.toUpperCase().replace('MICROSOFT', 'Microsoft'), objectId.toUpperCase())).toBe(name);
    const others = [
      named(`${STORAGE}2`, objectId),
      named(STORAGE, objectId.replace('5d', '6d')),
      named(STORAGE, objectId, 'Storage Blob Data Reader'),
    ];
    expect(new Set([name, ...others]).size).toBe(4);
  });
});

describe('an app role', () => {
  const role = { isEnabled: true, allowedMemberTypes: ['Application'] };
  const api = {
    id: '1',
    appId: '2',
    displayName: 'Orchard API',
    appRoles: [
      { ...role, id: 'a', value: 'Images.Predict' },
      { ...role, id: 'b', value: 'Images.Old', isEnabled: false },
      { ...role, id: 'c', value: 'Images.Look', allowedMemberTypes: ['User'] },
      { ...role, id: 'd', value: 'Images.Both', allowedMemberTypes: ['User', 'Application'] },
    ],
  };

  it('is found by its exact value, where applications may have it', () => {
    expect(appRoleNamed(api, 'Images.Predict').id).toBe('a');
    expect(appRoleNamed(api, 'Images.Both').id).toBe('d');
  });

  it.each([
    ['Images.Old', /is disabled\.$/u],
    ['Images.Look', /is for users only, not for applications\.$/u],
    ['images.predict', /has no app role images\.predict\. Did you mean Images\.Predict\?$/u],
    ['Orders.Ship', /has no app role Orders\.Ship\.$/u],
  ])('%s is refused, with those that there are', (value, words) => {
    expect(() => appRoleNamed(api, value)).toThrow(words);
    expect(() => appRoleNamed(api, value)).toThrow(
      expect.objectContaining({ fix: 'One of: Images.Both, Images.Predict.' }),
    );
  });

  it('of an API that has none for applications is refused with what to add', () => {
    expect(() => appRoleNamed({ ...api, appRoles: [] }, 'Images.Predict')).toThrow(
      expect.objectContaining({ fix: expect.stringContaining('allowedMemberTypes Application') }),
    );
  });
});
