import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type LocalAzure, startLocalAzure } from '../../local/azure/start.ts';
import { type Certificate, createCertificate } from '../../local/certificate.ts';
import { createClosing } from '../../local/closing.ts';
import { startIdentityEndpoint } from '../../local/identity/endpoint.ts';
import { postDeployHere } from './inProcess.ts';
import { ACCOUNT, azdEnvironment, provision, SITE, SUBSCRIPTION } from './postDeploying.ts';
import { trust } from './trust.ts';

/** What either form of delivery has. */
export const FORM = {
  deadLetterWithResourceIdentity: {
    identity: { type: 'SystemAssigned' },
    deadLetterDestination: {
      endpointType: 'StorageBlob',
      properties: { resourceId: ACCOUNT, blobContainerName: 'dead-letters' },
    },
  },
  eventDeliverySchema: 'EventGridSchema',
  filter: {
    includedEventTypes: ['Microsoft.Storage.BlobCreated'],
    subjectBeginsWith: '/blobServices/default/containers/images/blobs/',
  },
  retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
};

export const webhook = (endpointUrl: string) => ({
  endpointType: 'WebHook',
  properties: { endpointUrl, maxEventsPerBatch: 1 },
});

/** A subscription of Azure for a file of tests, anew before each: with what the template leaves, and no code yet. */
export function useProvisioned() {
  const closing = createClosing();
  const started = {} as { azure: LocalAzure; certificate: Certificate };
  beforeAll(async () => {
    started.certificate = await createCertificate();
    closing.add({ close: started.certificate.remove });
    closing.add(trust(started.certificate.authority));
    const identity = closing.add(await startIdentityEndpoint());
    started.azure = closing.add(await startLocalAzure({ identity, certificate: started.certificate }));
  });
  afterAll(() => closing.close());
  beforeEach(() => {
    started.azure.reset();
    provision(started.azure);
    Object.assign(started.azure.operations, { polls: 0 });
  });

  return {
    get azure() {
      return started.azure;
    },
    get certificate() {
      return started.certificate;
    },
    deployCode: () => started.azure.deployCode(SITE, ['predictBlob']),
    /** The script, in this very process; it asks again the sooner the less patience it is given. */
    run: (args: readonly string[], own: Record<string, string> = {}) =>
      postDeployHere(args, { ...started.azure.environment, ...azdEnvironment(own) }),
    writes: () => started.azure.requests.filter(({ method }) => method === 'PUT' || method === 'PATCH'),
    /** A subscription that is there already. */
    put: (own: object) =>
      started.azure.put({
        id: SUBSCRIPTION,
        type: 'Microsoft.EventGrid/systemTopics/eventSubscriptions',
        properties: { provisioningState: 'Succeeded', ...FORM, ...own },
      }),
    /** The subscription’s properties as ARM holds them, with the key it was made with. */
    held(): { properties: Record<string, unknown>; key: string } {
      const properties = started.azure.get(SUBSCRIPTION)?.properties ?? {};
      const url = (properties as { destination?: { properties?: { endpointUrl?: string } } }).destination
        ?.properties?.endpointUrl;
      return { properties, key: new URL(url ?? 'https://none').searchParams.get('code') ?? '' };
    },
  };
}
