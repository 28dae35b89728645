import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterAssign, afterRemove } from '../../src/cli/identity/change.ts';
import { identityOf } from '../../src/cli/identity/identity.ts';

const id = (name: string) =>
  `/subscriptions/5b1d4f0e-7c1a-4d52-9a6e-2f6d0c8b7a11/resourceGroups/orchard/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
const SITE = 'Microsoft.Web/sites';

type State = { system: boolean; users: string[] };

/** As ARM shows it. */
const shown = ({ system, users }: State) =>
  identityOf({
    identity: {
      type: `${system ? 'SystemAssigned' : ''}${system && users.length ? ', ' : ''}${users.length ? 'UserAssigned' : ''}` as 'SystemAssigned',
      userAssignedIdentities: Object.fromEntries(users.map((user) => [user, {}])),
    },
  });

/** What is there after a PATCH, by a type that merges (null takes off) or by one that replaces. */
function patched(
  before: State,
  { identity }: ReturnType<typeof afterAssign>['part'] & object,
  merges: boolean,
): State {
  const type = identity?.type ?? 'None';
  const named = Object.entries(identity?.userAssignedIdentities ?? {});
  const users = new Set(merges ? before.users : []);
  for (const [user, value] of named) {
    if (value === null) users.delete(user);
    else users.add(user);
  }
  return {
    system: type.includes('SystemAssigned'),
    users: type.includes('UserAssigned') ? [...users].sort() : [],
  };
}

const names = fc.uniqueArray(fc.constantFrom(...['a', 'b', 'c', 'd'].map(id)));
const state = fc.record({ system: fc.boolean(), users: names });

describe('identities on a resource', () => {
  it('are added to what is there, whether the type merges or replaces', () => {
    fc.assert(
      fc.property(state, state, fc.boolean(), (before, wanted, merges) => {
        const { part } = afterAssign(shown(before), wanted, SITE);
        const after = part ? patched(before, part, merges) : { ...before, users: before.users.toSorted() };
        expect(after).toEqual({
          system: before.system || wanted.system,
          users: [...new Set([...before.users, ...wanted.users])].sort(),
        });
      }),
    );
  });

  it('are taken off without any other, whether the type merges or replaces', () => {
    fc.assert(
      fc.property(state, state, fc.boolean(), (before, unwanted, merges) => {
        const { part } = afterRemove(shown(before), unwanted, SITE);
        const after = part ? patched(before, part, merges) : { ...before, users: before.users.toSorted() };
        expect(after).toEqual({
          system: before.system && !unwanted.system,
          users: before.users.filter((user) => !unwanted.users.includes(user)).sort(),
        });
      }),
    );
  });

  it('are compared without regard to case, and keep the spelling that the resource has', () => {
    const before = shown({ system: false, users: [id('a'), id('b')] });
    expect(afterAssign(before, { system: false, users: [id('A').toUpperCase()] }, SITE).part).toBeUndefined();
    const { part } = afterRemove(before, { system: false, users: [id('A').toUpperCase()] }, SITE);
    expect(part?.identity?.userAssignedIdentities).toEqual({ [id('a')]: null, [id('b')]: {} });
  });

  it('tell what changes and what was so already', () => {
    const before = shown({ system: true, users: [id('a')] });
    expect(afterAssign(before, { system: true, users: [id('a'), id('b'), id('b')] }, SITE)).toMatchObject({
      changed: { system: false, users: [id('b')] },
      unchanged: { system: true, users: [id('a')] },
    });
    expect(afterRemove(before, { system: true, users: [id('b')] }, SITE)).toMatchObject({
      changed: { system: true, users: [] },
      unchanged: { system: false, users: [id('b')] },
    });
  });

  it('of both kinds are spelt as the type spells them', () => {
    const both = { system: true, users: [id('a')] };
    const none = shown({ system: false, users: [] });
    expect(afterAssign(none, both, SITE).part?.identity?.type).toBe('SystemAssigned, UserAssigned');
    expect(
      afterAssign(none, both, 'Microsoft.Communication/communicationServices').part?.identity?.type,
    ).toBe('SystemAssigned,UserAssigned');
  });
});
