import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAzure, startLocalAzure } from '../../local/azure/start.ts';
import { type Certificate, createCertificate } from '../../local/certificate.ts';
import { createClosing } from '../../local/closing.ts';
import { startIdentityEndpoint } from '../../local/identity/endpoint.ts';
import { ACCOUNT, postDeploy, provision, SITE, SUBSCRIPTION } from '../support/postDeploying.ts';

const closing = createClosing();
let azure: LocalAzure;
let certificate: Certificate;
beforeAll(async () => {
  certificate = await createCertificate();
  closing.add({ close: certificate.remove });
  const identity = closing.add(await startIdentityEndpoint());
  azure = closing.add(await startLocalAzure({ identity, certificate }));
});
afterAll(() => closing.close());
beforeEach(() => {
  azure.reset();
  provision(azure);
  Object.assign(azure.operations, { polls: 0 });
});

const deployCode = () => azure.deployCode(SITE, ['predictBlob']);
const run = (...args: string[]) => postDeploy(azure, ['--no-probe', ...args]);
const writes = () => azure.requests.filter(({ method }) => method === 'PUT' || method === 'PATCH');
/** What either form of delivery has. */
const FORM = {
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
/** Renames into place are read by the app itself alone. */
const QUEUE_FILTER = {
  filter: {
    ...FORM.filter,
    includedEventTypes: ['Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobRenamed'],
  },
};
const webhook = (endpointUrl: string) => ({
  endpointType: 'WebHook',
  properties: { endpointUrl, maxEventsPerBatch: 1 },
});
/** A subscription that is there already. */
const put = (own: object) =>
  azure.put({
    id: SUBSCRIPTION,
    type: 'Microsoft.EventGrid/systemTopics/eventSubscriptions',
    properties: { provisioningState: 'Succeeded', ...FORM, ...own },
  });
/** The subscription’s properties as ARM holds them, with the key it was made with. */
function held(): { properties: Record<string, unknown>; key: string } {
  const properties = azure.get(SUBSCRIPTION)?.properties ?? {};
  const url = (properties as { destination?: { properties?: { endpointUrl?: string } } }).destination
    ?.properties?.endpointUrl;
  return { properties, key: new URL(url ?? 'https://none').searchParams.get('code') ?? '' };
}

describe('after a deployment, the event subscription', () => {
  it('is made, once: a second run finds it right and changes nothing', async () => {
    deployCode();
    const first = await run();
    expect(first).toEqual({
      code: 0,
      out: 'The event subscription evgt-orchard/pictures was made.\n',
      err: '',
    });
    const { properties, key } = held();
    expect(key).toMatch(/^\S{20,}$/u);
    expect(properties).toMatchObject({
      destination: webhook(
        `https://func-orchard.azurewebsites.net/runtime/webhooks/blobs?functionName=Host.Functions.predictBlob&code=${key}`,
      ),
      ...FORM,
    });
    expect(writes()).toHaveLength(1);

    const second = await run();
    expect(second).toEqual({
      code: 0,
      out: 'The event subscription evgt-orchard/pictures is as it has to be; nothing was changed.\n',
      err: '',
    });
    expect(writes()).toHaveLength(1);
    expect(held().properties).toEqual(properties);
  });

  it('is only told of with --dry-run, without the key', async () => {
    deployCode();
    const { code, out } = await run('--dry-run');
    expect(code).toBe(0);
    expect(out).toContain('evgt-orchard/pictures would be made:');
    expect(out).toContain('"subjectBeginsWith": "/blobServices/default/containers/images/blobs/"');
    expect(out).toMatch(/functionName=Host\.Functions\.predictBlob&code=…"/u);
    expect(writes()).toEqual([]);
    expect(azure.get(SUBSCRIPTION)).toBeUndefined();
  });

  it('is set right where somebody changed it, or the key is another, and what was wrong is told without a key', async () => {
    deployCode();
    const old = 'x'.repeat(43);
    put({
      destination: webhook(
        `https://func-orchard.azurewebsites.net/runtime/webhooks/blobs?functionName=Host.Functions.predictBlob&code=${old}`,
      ),
      filter: { ...FORM.filter, subjectBeginsWith: '/blobServices/default/containers/images' },
    });
    const dry = await run('--dry-run');
    expect(dry.out).toContain('evgt-orchard/pictures would be changed:');
    expect(writes()).toEqual([]);
    const { code, out, err } = await run();
    expect(code).toBe(0);
    expect(out).toContain('evgt-orchard/pictures was changed.');
    expect(out).toContain(
      'filter.subjectBeginsWith: "/blobServices/default/containers/images" → "/blobServices/default/containers/images/blobs/"',
    );
    expect(out).toContain('destination.endpointUrl: ');
    const { key, properties } = held();
    expect(properties).toMatchObject(FORM);
    for (const secret of [old, key]) expect(dry.out + dry.err + out + err).not.toContain(secret);
  });

  it('takes its time and is waited for, through a 429 and a 500 on the way', async () => {
    deployCode();
    Object.assign(azure.operations, { polls: 3 });
    azure.faults.next({ status: 429, headers: { 'retry-after': '1' } }, 500);
    const { code, out } = await run();
    expect([code, out]).toEqual([0, expect.stringContaining('was made')]);
    expect(azure.requests.map(({ status }) => status)).toEqual(expect.arrayContaining(['429', '500']));
    expect(azure.requests.filter(({ path }) => path.includes('operationStatuses')).length).toBeGreaterThan(2);
    expect(azure.get(SUBSCRIPTION)?.properties).toMatchObject({ provisioningState: 'Succeeded' });
  });

  it('is tried again while the starting app misses the handshake', async () => {
    deployCode();
    azure.failNextOperation(
      'Url validation',
      'Webhook validation handshake failed for https://func-orchard.azurewebsites.net/runtime/webhooks/blobs.',
    );
    expect(await run()).toMatchObject({ code: 0, out: expect.stringContaining('was made') });
    expect(writes()).toHaveLength(2);
  });

  it('that Azure gives up on is told with what Azure said, and without the key', async () => {
    deployCode();
    azure.failNextOperation(
      'InternalServerError',
      'It went wrong at …?functionName=x&code=abcdefabcdefabcdef',
    );
    const { code, out, err } = await run();
    expect(code).toBe(1);
    expect(err).toContain('InternalServerError');
    expect(out + err).not.toContain('abcdefabcdef');
  });

  it('is made when the host has loaded the code: its key is waited for', async () => {
    const running = run();
    await sleep(1_500);
    expect(writes()).toEqual([]);
    deployCode();
    expect(await running).toEqual({
      code: 0,
      out: 'The event subscription evgt-orchard/pictures was made.\n',
      err: 'Waiting for the host to load the code …\n',
    });
  });

  /** https://github.com/Azure/azure-functions-host/issues/11379: what ARM answers for an app on Flex Consumption without code. */
  const SILENT_HOST = {
    status: 400,
    body: JSON.stringify({
      Code: 'BadRequest',
      Message: 'Encountered an error (ServiceUnavailable) from host runtime.',
    }),
  };

  it('is left for later where the host of an app without code cannot answer for its keys', async () => {
    azure.faults.next(SILENT_HOST);
    expect(await run('--no-wait')).toMatchObject({
      code: 0,
      out: expect.stringContaining('is made after azd deploy'),
    });
    expect(writes()).toEqual([]);
  });

  it('is made when a host that could not answer for its keys does', async () => {
    deployCode();
    azure.faults.next(SILENT_HOST, SILENT_HOST);
    expect(await run()).toMatchObject({
      code: 0,
      out: expect.stringContaining('was made'),
      err: 'Waiting for the host to load the code …\n',
    });
  });

  it('is given up with what the host said last', async () => {
    azure.faults.always(SILENT_HOST);
    const { code, err } = await run('--patience', '1');
    expect(code).toBe(1);
    expect(err).toMatch(/has no key blobs_extension.*400/u);
  });

  it('is left for later with --no-wait, as after azd provision', async () => {
    const { code, out } = await run('--no-wait');
    expect([code, out]).toEqual([
      0,
      'The event subscription evgt-orchard/pictures is made after azd deploy: the app has no code yet.\n',
    ]);
    expect(writes()).toEqual([]);
  });

  it('is given up, with what to do, where the key never comes', async () => {
    const { code, err } = await run('--patience', '1');
    expect(code).toBe(1);
    expect(err).toContain('has no key blobs_extension');
    expect(err).toContain('Fix: azd deploy, then azd hooks run postdeploy.');
  });
});

describe('with the delivery by queue, the event subscription', () => {
  const inQueueForm = () =>
    put({
      ...QUEUE_FILTER,
      deliveryWithResourceIdentity: {
        identity: { type: 'SystemAssigned' },
        destination: {
          endpointType: 'StorageQueue',
          // ARM writes ids as it likes
          properties: {
            resourceId: ACCOUNT.replace('resourceGroups', 'resourcegroups'),
            queueName: 'picture-events',
            queueMessageTimeToLiveInSeconds: -1,
          },
        },
      },
    });
  const ensure = (...args: string[]) =>
    postDeploy(azure, ['--no-probe', ...args], { EVENT_DELIVERY: 'queue' });

  it('is made by the identity of the topic, before there is any code, and no key is asked for', async () => {
    expect(await ensure('--no-wait')).toEqual({
      code: 0,
      out: 'The event subscription evgt-orchard/pictures was made.\n',
      err: '',
    });
    expect(held().properties).toMatchObject({
      deliveryWithResourceIdentity: {
        identity: { type: 'SystemAssigned' },
        destination: {
          endpointType: 'StorageQueue',
          properties: {
            resourceId: ACCOUNT,
            queueName: 'picture-events',
            queueMessageTimeToLiveInSeconds: -1,
          },
        },
      },
      ...FORM,
      ...QUEUE_FILTER,
    });
    expect(azure.requests.filter(({ path }) => /listkeys/iu.test(path))).toEqual([]);
  });

  it('is tried again until the new role of the topic is seen', async () => {
    azure.failNextOperation(
      'Managed Identity Authorization Error',
      'Managed identity for event subscription does not have authorization to deliver to the endpoint.',
    );
    expect(await ensure('--no-wait')).toMatchObject({
      code: 0,
      out: expect.stringContaining('was made'),
    });
    expect(writes()).toHaveLength(2);
  });

  it('is let be where it is right', async () => {
    inQueueForm();
    expect(await ensure()).toMatchObject({ code: 0, out: expect.stringContaining('nothing was changed') });
    expect(writes()).toEqual([]);
  });

  it('is changed where it is of the other form', async () => {
    put({ destination: webhook('https://func-orchard.azurewebsites.net/runtime/webhooks/blobs?code=x') });
    const { code, out } = await ensure();
    expect([code, out]).toEqual([0, expect.stringContaining('was changed')]);
    expect(out).toContain('deliveryWithResourceIdentity.destination.queueName: not set → "picture-events"');
    expect(held().properties).not.toHaveProperty('destination');
  });
});

describe('a probe picture that storage refuses', () => {
  const SUCCEEDED = {
    status: 'succeeded',
    results: [{ predictions: [{ tagName: 'apple', probability: 0.9 }] }],
  };
  /** Storage that refuses so many uploads with this code, takes the next and has the document. */
  async function refusing(code: string, times: number) {
    const uploads: number[] = [];
    const server = createServer({
      key: readFileSync(certificate.keyPath),
      cert: readFileSync(certificate.certificatePath),
    });
    server.on('request', (request, response) => {
      request.resume();
      const refused = request.method === 'PUT' && uploads.length < times;
      const status = refused ? 403 : ({ PUT: 201, DELETE: 202 }[request.method ?? ''] ?? 200);
      const body =
        { 403: `<Error><Code>${code}</Code></Error>`, 200: JSON.stringify(SUCCEEDED) }[status] ?? '';
      if (request.method === 'PUT') uploads.push(status);
      response.writeHead(status, {
        'content-type': 'application/xml',
        'content-length': body.length,
        etag: '"1"',
      });
      response.end(body);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const probe = (own: Record<string, string> = {}) =>
      postDeploy(azure, ['--patience', '20'], {
        IMAGE_BLOB_SERVICE_URI: `https://127.0.0.1:${(server.address() as AddressInfo).port}/account`,
        ...own,
      });
    return {
      probe,
      uploads,
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections();
        await once(server.close(), 'close');
      },
    };
  }

  it('is dropped again until the new role of the operator is seen', async () => {
    deployCode();
    await using storage = await refusing('AuthorizationPermissionMismatch', 2);
    const { code, out, err } = await storage.probe();
    expect([code, out, err]).toEqual([0, expect.stringContaining('A probe picture got its document'), '']);
    expect(storage.uploads).toEqual([403, 403, 201]);
  });

  it('is told of at once where the network stands against it', async () => {
    deployCode();
    await using storage = await refusing('AuthorizationFailure', 9);
    const { code, err } = await storage.probe();
    expect([code, err]).toEqual([1, expect.stringContaining('so no probe picture was dropped')]);
    expect(storage.uploads).toEqual([403]);
  });

  it('is no fault in a private network, from outside', async () => {
    deployCode();
    await using storage = await refusing('AuthorizationFailure', 9);
    const { code, out } = await storage.probe({ NETWORK_ISOLATION: 'true' });
    expect([code, out]).toEqual([0, expect.stringContaining('No probe picture was dropped: ')]);
    expect(out).toContain('from inside the network');
  });
});

describe('the script', () => {
  it('names everything of the deployment that it was not told, at once', async () => {
    const { code, err } = await postDeploy(azure, [], { FUNCTION_APP_NAME: '', EVENT_DELIVERY: 'pigeon' });
    expect(code).toBe(2);
    expect(err).toContain('EVENT_DELIVERY is wrong: "pigeon"; FUNCTION_APP_NAME is not set.');
    expect(err).toContain('azd hooks run postdeploy');
  });

  it.each([['--dry'], ['--patience=0']])('refuses %s, with what there is', async (option) => {
    const { code, err } = await run(option);
    expect([code, err]).toEqual([2, expect.stringContaining('--dry-run')]);
  });

  it('drops no probe picture before there is a model, and says how to name one', async () => {
    deployCode();
    const { code, out } = await postDeploy(azure, [], { VISION_PREDICTION_URL: '' });
    expect([code, out]).toEqual([0, expect.stringContaining('there is no model yet. azd env set VISION_')]);
  });

  it('says who may do it where the operator lacks the right', async () => {
    deployCode();
    azure.deny('Microsoft.EventGrid/systemTopics/eventSubscriptions/write');
    const { code, err } = await run();
    expect(code).toBe(1);
    expect(err).toContain('lacks the right Microsoft.EventGrid/systemTopics/eventSubscriptions/write');
    expect(err).toContain('Contributor');
  });

  it('asks for a sign-in where there is none', async () => {
    azure.signedIn = false;
    expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining('az login') });
  });
});
