import { CommunicationServiceManagementClient } from '@azure/arm-communication';
import { describe, expect, it } from 'vitest';
import { testAzure } from '../local/azure/localAzure.ts';
import { keylessHere } from '../support/inProcess.ts';

const azure = testAzure();
const GROUP = 'orchard';

/** Two services alike: one is changed by the SDK, the other by the command. */
async function twoServices() {
  const { azure: local, group, credential } = azure.it;
  const client = new CommunicationServiceManagementClient(credential, local.subscriptionId, {
    endpoint: local.armUrl,
    credentialScopes: 'https://management.azure.com/.default',
  });
  const { communicationServices } = client;
  const body = { location: 'global', dataLocation: 'Europe', identity: { type: 'SystemAssigned' } };
  local.put({
    id: `${group}/providers/Microsoft.Web/sites/tree`,
    type: 'Microsoft.Web/sites',
    location: 'x',
  });
  for (const name of ['by-sdk', 'by-command']) {
    await communicationServices.beginCreateOrUpdateAndWait(GROUP, name, body, { updateIntervalInMs: 1 });
  }
  const user = (name: string) =>
    `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
  for (const name of ['one', 'other']) {
    const type = 'Microsoft.ManagedIdentity/userAssignedIdentities';
    local.put({ id: user(name), type, location: 'westeurope' });
  }
  return {
    user,
    async stateOf(name: string) {
      const { identity } = await communicationServices.get(GROUP, name);
      const users = Object.keys(identity?.userAssignedIdentities ?? {}).map((id) => id.toLowerCase());
      return { type: identity?.type, users: users.toSorted(), system: identity?.principalId !== undefined };
    },
    update: (identity: { type: string; userAssignedIdentities?: Record<string, object | null> }) =>
      communicationServices.update(GROUP, 'by-sdk', { identity: identity as never }),
    command: (verb: string, ...args: string[]) =>
      keylessHere(
        [
          ...[
            'identity',
            verb,
            `${group}/providers/Microsoft.Communication/communicationServices/by-command`,
          ],
          ...args,
        ],
        local.environment,
      ),
  };
}

describe('the identity of Communication Services', () => {
  it('is the same after the SDK and after the command: both kinds, two users, one removed, none', async () => {
    const { user, stateOf, update, command } = await twoServices();
    const both = 'SystemAssigned,UserAssigned';
    const steps = [
      [{ type: both, userAssignedIdentities: { [user('one')]: {} } }, ['assign', '--user', user('one')]],
      [{ type: both, userAssignedIdentities: { [user('other')]: {} } }, ['assign', '--user', user('other')]],
      [{ type: both, userAssignedIdentities: { [user('one')]: null } }, ['remove', '--user', user('one')]],
      [
        { type: 'UserAssigned', userAssignedIdentities: { [user('other')]: {} } },
        ['remove', '--system', '--yes'],
      ],
      [{ type: 'None' }, ['remove', '--all', '--yes']],
    ] as const;
    expect(await stateOf('by-command')).toEqual({ type: 'SystemAssigned', users: [], system: true });
    for (const [sdk, [verb, ...args]] of steps) {
      await update(sdk as never);
      const { code, err } = await command(verb, ...args);
      expect({ verb, args, code, err: code === 0 ? '' : err }).toEqual({ verb, args, code: 0, err: '' });
      expect({ verb, args, ...(await stateOf('by-command')) }).toEqual({
        verb,
        args,
        ...(await stateOf('by-sdk')),
      });
    }
    expect(await stateOf('by-sdk')).toEqual({ type: 'None', users: [], system: false });
  });
});
