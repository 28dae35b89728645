import { startLocalAzure } from '../../../local/azure/start.ts';
import { createCertificate } from '../../../local/certificate.ts';
import { createClosing } from '../../../local/closing.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';
import { keyless } from '../../support/command.ts';
import { keylessHere } from '../../support/inProcess.ts';
import { trust } from '../../support/trust.ts';

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/orchard/providers';
export const APP = `${GROUP}/Microsoft.Web/sites/orchard-app`;
export const MAIL = `${GROUP}/Microsoft.Communication/communicationServices/orchard-mail`;
export const EVENTS = `${GROUP}/Microsoft.EventGrid/systemTopics/orchard-events`;
export const VISION = `${GROUP}/Microsoft.CognitiveServices/accounts/orchard-prediction`;
export const TRAINING = `${GROUP}/Microsoft.CognitiveServices/accounts/orchard-training`;
export const STORAGE = `${GROUP}/Microsoft.Storage/storageAccounts/orchardpictures`;
export const PICKER = `${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/picker`;
export const PACKER = `${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/packer`;

export type Orchard = Awaited<ReturnType<typeof startOrchard>>;

/** ARM and Graph with an app, two identities that nobody has yet, and what the app works with. */
export async function startOrchard() {
  const closing = createClosing();
  const certificate = await createCertificate();
  closing.add({ close: () => certificate.remove() });
  closing.add(trust(certificate.authority));
  const identity = closing.add(await startIdentityEndpoint());
  const azure = closing.add(await startLocalAzure({ identity, certificate }));
  const resource = (id: string, type: string, rest: object = {}) =>
    azure.put({ id, type, location: 'westeurope', ...rest });

  /** Everything new, the app without an identity. */
  function plant() {
    azure.reset();
    for (const id of [PICKER, PACKER]) resource(id, 'Microsoft.ManagedIdentity/userAssignedIdentities');
    resource(APP, 'Microsoft.Web/sites', {
      kind: 'functionapp,linux',
      tags: { fruit: 'apples' },
      properties: { httpsOnly: true, functionAppConfig: { runtime: { name: 'node', version: '24' } } },
    });
    resource(MAIL, 'Microsoft.Communication/communicationServices', {
      location: 'global',
      tags: { fruit: 'apples' },
      properties: { dataLocation: 'Europe' },
    });
    resource(EVENTS, 'Microsoft.EventGrid/systemTopics', { properties: { source: STORAGE } });
    resource(VISION, 'Microsoft.CognitiveServices/accounts', { kind: 'CustomVision.Prediction' });
    resource(TRAINING, 'Microsoft.CognitiveServices/accounts', { kind: 'CustomVision.Training' });
    resource(STORAGE, 'Microsoft.Storage/storageAccounts', { kind: 'StorageV2' });
  }

  return {
    azure,
    plant,
    /** Gives the app a system-assigned identity and these user-assigned ones; tells the first one's principal. */
    identify(...users: string[]): string {
      const app = azure.get(APP);
      if (!app) throw new Error('The app is not planted.');
      const userAssignedIdentities = Object.fromEntries(users.map((id) => [id, {}]));
      azure.put({
        ...app,
        identity:
          users.length > 0
            ? { type: 'SystemAssigned, UserAssigned', userAssignedIdentities }
            : { type: 'SystemAssigned' },
      });
      return azure.get(APP)?.identity?.principalId ?? '';
    },
    run: (args: readonly string[], own: Record<string, string> = {}) =>
      keylessHere(args, { ...azure.environment, ...own }),
    /** In a process of its own, which has no token yet. */
    runAlone: (args: readonly string[], own?: Record<string, string>) =>
      keyless({ commandEnvironment: azure.environment }, args, own).finished,
    close: () => closing.close(),
  };
}
