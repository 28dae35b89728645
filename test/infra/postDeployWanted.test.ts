import { readFileSync } from 'node:fs';
import type { StorageQueueEventSubscriptionDestination } from '@azure/arm-eventgrid';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Deployment, readDeployment } from '../../infra/scripts/deployment.ts';
import { differences, wantedSubscription, webhookUrl } from '../../infra/scripts/wantedSubscription.ts';
import { withoutKey } from '../../infra/scripts/withoutKey.ts';
import { UsageError } from '../../src/cli/faults.ts';
import { anyUrl } from '../support/anyText.ts';
import { azdEnvironment } from '../support/postDeploying.ts';

const deployment: Deployment = readDeployment(azdEnvironment());
const key = fc.string({ minLength: 1, unit: 'grapheme-ascii' });

describe('the wanted event subscription', () => {
  it('carries any key whole in its address, and shows it nowhere', () => {
    fc.assert(
      fc.property(key, (secret) => {
        const url = webhookUrl(deployment, secret);
        expect(new URL(url).searchParams.get('code')).toBe(secret);
        expect(withoutKey(`refused by ${url}, "${url}"`)).toBe(
          'refused by https://func-orchard.azurewebsites.net/runtime/webhooks/blobs?functionName=Host.Functions.predictBlob&code=… "https://func-orchard.azurewebsites.net/runtime/webhooks/blobs?functionName=Host.Functions.predictBlob&code=…"',
        );
      }),
    );
  });

  it.each(['webhook', 'queue'])('has no difference from itself (%s)', (delivery) => {
    const own = readDeployment(azdEnvironment({ EVENT_DELIVERY: delivery }));
    const wanted = wantedSubscription(own, 'k');
    const url = delivery === 'webhook' ? webhookUrl(own, 'k') : undefined;
    expect(differences(wanted, structuredClone(wanted), url)).toEqual([]);
  });

  it('never shows a key in a difference, whichever keys they are', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (one, other) => {
        const wanted = wantedSubscription(deployment, one);
        const found = differences(
          wanted,
          wantedSubscription(deployment, other),
          webhookUrl(deployment, other),
        );
        expect(found.map(({ member }) => member)).toEqual(one === other ? [] : ['destination.endpointUrl']);
        for (const secret of [one, other]) expect(JSON.stringify(found)).not.toContain(secret);
      }),
    );
  });

  it('is for the container of the pictures alone: its filter ends with a slash', () => {
    const own = readDeployment(azdEnvironment({ IMAGES_CONTAINER: 'fotos' }));
    expect(wantedSubscription(own, 'k').filter).toEqual({
      includedEventTypes: ['Microsoft.Storage.BlobCreated'],
      subjectBeginsWith: '/blobServices/default/containers/fotos/blobs/',
    });
  });

  it('is the one that the template describes', () => {
    const bicep = readFileSync(new URL('../../infra/events-subscription.bicep', import.meta.url), 'utf8');
    const { retryPolicy, eventDeliverySchema } = wantedSubscription(deployment, 'k');
    expect(bicep).toContain(`maxDeliveryAttempts: ${retryPolicy?.maxDeliveryAttempts}`);
    expect(bicep).toContain(`eventTimeToLiveInMinutes: ${retryPolicy?.eventTimeToLiveInMinutes}`);
    expect(bicep).toContain(`eventDeliverySchema: '${eventDeliverySchema}'`);
    expect(bicep).toMatch(
      /subjectBeginsWith: '\/blobServices\/default\/containers\/\$\{imagesContainer\}\/blobs\/'/u,
    );
    expect(bicep).toContain('/runtime/webhooks/blobs?functionName=Host.Functions.predictBlob&code=');
  });

  it('is by queue the one of its template too', () => {
    const bicep = readFileSync(new URL('../../infra/events-queue.bicep', import.meta.url), 'utf8');
    const own = readDeployment(azdEnvironment({ EVENT_DELIVERY: 'queue' }));
    const { deliveryWithResourceIdentity, retryPolicy } = wantedSubscription(own, '');
    const destination = deliveryWithResourceIdentity?.destination as StorageQueueEventSubscriptionDestination;
    expect(wantedSubscription(own, '').filter?.includedEventTypes).toEqual([
      'Microsoft.Storage.BlobCreated',
      'Microsoft.Storage.BlobRenamed',
    ]);
    const seconds = destination.queueMessageTimeToLiveInSeconds;
    expect(bicep).toContain(`queueMessageTimeToLiveInSeconds: ${seconds} `);
    expect(bicep).toContain(`maxDeliveryAttempts: ${retryPolicy?.maxDeliveryAttempts}`);
  });
});

describe('reading the deployment', () => {
  it('gives a whole deployment or says what is wrong, whatever the environment holds', () => {
    const names = Object.keys(azdEnvironment());
    const values = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string(), anyUrl, fc.uuid()));
    fc.assert(
      fc.property(values, (own) => {
        try {
          const read = readDeployment({ ...azdEnvironment(), ...own });
          expect(read.imageStorageId).toMatch(
            /^\/subscriptions\/[\da-f-]{36}\/resourceGroups\/.+\/[a-z\d]{3,24}$/iu,
          );
          expect(() => new URL(webhookUrl(read, 'k'))).not.toThrow();
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
