import { describe, expect, it } from 'vitest';
import { ACCOUNT, postDeploy, SUBSCRIPTION } from '../support/postDeploying.ts';
import { FORM, useProvisioned, webhook } from '../support/provisioned.ts';

const provisioned = useProvisioned();
const run = (...args: string[]) => provisioned.run(['--no-probe', '--patience', '30', ...args]);

/** Renames into place are read by the app itself alone. */
const QUEUE_FILTER = {
  filter: {
    ...FORM.filter,
    includedEventTypes: ['Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobRenamed'],
  },
};

describe('after a deployment, the event subscription', () => {
  it('is made, once: a second run finds it right and changes nothing', async () => {
    provisioned.deployCode();
    const first = await run();
    expect(first).toEqual({
      code: 0,
      out: 'The event subscription evgt-orchard/pictures was made.\n',
      err: '',
    });
    const { properties, key } = provisioned.held();
    expect(key).toMatch(/^\S{20,}$/u);
    expect(properties).toMatchObject({
      destination: webhook(
        `https://func-orchard.azurewebsites.net/runtime/webhooks/blobs?functionName=Host.Functions.predictBlob&code=${key}`,
      ),
      ...FORM,
    });
    expect(provisioned.writes()).toHaveLength(1);

    const second = await run();
    expect(second).toEqual({
      code: 0,
      out: 'The event subscription evgt-orchard/pictures is as it has to be; nothing was changed.\n',
      err: '',
    });
    expect(provisioned.writes()).toHaveLength(1);
    expect(provisioned.held().properties).toEqual(properties);
  });

  it('is only told of with --dry-run, without the key', async () => {
    provisioned.deployCode();
    const { code, out } = await run('--dry-run');
    expect(code).toBe(0);
    expect(out).toContain('evgt-orchard/pictures would be made:');
    expect(out).toContain('"subjectBeginsWith": "/blobServices/default/containers/images/blobs/"');
    expect(out).toMatch(/functionName=Host\.Functions\.predictBlob&code=…"/u);
    expect(provisioned.writes()).toEqual([]);
    expect(provisioned.azure.get(SUBSCRIPTION)).toBeUndefined();
  });

  it('is set right where somebody changed it, or the key is another, and what was wrong is told without a key', async () => {
    provisioned.deployCode();
    const old = 'x'.repeat(43);
    provisioned.put({
      destination: webhook(
        `https://func-orchard.azurewebsites.net/runtime/webhooks/blobs?functionName=Host.Functions.predictBlob&code=${old}`,
      ),
      filter: { ...FORM.filter, subjectBeginsWith: '/blobServices/default/containers/images' },
    });
    const dry = await run('--dry-run');
    expect(dry.out).toContain('evgt-orchard/pictures would be changed:');
    expect(provisioned.writes()).toEqual([]);
    const { code, out, err } = await run();
    expect(code).toBe(0);
    expect(out).toContain('evgt-orchard/pictures was changed.');
    expect(out).toContain(
      'filter.subjectBeginsWith: "/blobServices/default/containers/images" → "/blobServices/default/containers/images/blobs/"',
    );
    expect(out).toContain('destination.endpointUrl: ');
    const { key, properties } = provisioned.held();
    expect(properties).toMatchObject(FORM);
    for (const secret of [old, key]) expect(dry.out + dry.err + out + err).not.toContain(secret);
  });

  it('takes its time and is waited for, through a 429 and a 500 on the way', async () => {
    provisioned.deployCode();
    Object.assign(provisioned.azure.operations, { polls: 3 });
    provisioned.azure.faults.next({ status: 429, headers: { 'retry-after': '1' } }, 500);
    const { code, out } = await run();
    expect([code, out]).toEqual([0, expect.stringContaining('was made')]);
    expect(provisioned.azure.requests.map(({ status }) => status)).toEqual(
      expect.arrayContaining(['429', '500']),
    );
    expect(
      provisioned.azure.requests.filter(({ path }) => path.includes('operationStatuses')).length,
    ).toBeGreaterThan(2);
    expect(provisioned.azure.get(SUBSCRIPTION)?.properties).toMatchObject({ provisioningState: 'Succeeded' });
  });

  it('is tried again while the starting app misses the handshake', async () => {
    provisioned.deployCode();
    provisioned.azure.failNextOperation(
      'Url validation',
      'Webhook validation handshake failed for https://func-orchard.azurewebsites.net/runtime/webhooks/blobs.',
    );
    expect(await run()).toMatchObject({ code: 0, out: expect.stringContaining('was made') });
    expect(provisioned.writes()).toHaveLength(2);
  });

  it('that Azure gives up on is told with what Azure said, and without the key', async () => {
    provisioned.deployCode();
    provisioned.azure.failNextOperation(
      'InternalServerError',
      'It went wrong at …?functionName=x&code=abcdefabcdefabcdef',
    );
    const { code, out, err } = await run();
    expect(code).toBe(1);
    expect(err).toContain('InternalServerError');
    expect(out + err).not.toContain('abcdefabcdef');
  });
});

describe('with the delivery by queue, the event subscription', () => {
  const inQueueForm = () =>
    provisioned.put({
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
    provisioned.run(['--no-probe', '--patience', '30', ...args], { EVENT_DELIVERY: 'queue' });

  it('is made by the identity of the topic, before there is any code, and no key is asked for', async () => {
    expect(await ensure('--no-wait')).toEqual({
      code: 0,
      out: 'The event subscription evgt-orchard/pictures was made.\n',
      err: '',
    });
    expect(provisioned.held().properties).toMatchObject({
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
    expect(provisioned.azure.requests.filter(({ path }) => /listkeys/iu.test(path))).toEqual([]);
  });

  it('is tried again until the new role of the topic is seen', async () => {
    provisioned.azure.failNextOperation(
      'Managed Identity Authorization Error',
      'Managed identity for event subscription does not have authorization to deliver to the endpoint.',
    );
    expect(await ensure('--no-wait')).toMatchObject({
      code: 0,
      out: expect.stringContaining('was made'),
    });
    expect(provisioned.writes()).toHaveLength(2);
  });

  it('is let be where it is right', async () => {
    inQueueForm();
    expect(await ensure()).toMatchObject({ code: 0, out: expect.stringContaining('nothing was changed') });
    expect(provisioned.writes()).toEqual([]);
  });

  it('is changed where it is of the other form', async () => {
    provisioned.put({
      destination: webhook('https://func-orchard.azurewebsites.net/runtime/webhooks/blobs?code=x'),
    });
    const { code, out } = await ensure();
    expect([code, out]).toEqual([0, expect.stringContaining('was changed')]);
    expect(out).toContain('deliveryWithResourceIdentity.destination.queueName: not set → "picture-events"');
    expect(provisioned.held().properties).not.toHaveProperty('destination');
  });
});

describe('the script', () => {
  it('names everything of the deployment that it was not told, at once', async () => {
    const { code, err } = await provisioned.run([], { FUNCTION_APP_NAME: '', EVENT_DELIVERY: 'pigeon' });
    expect(code).toBe(2);
    expect(err).toContain('EVENT_DELIVERY is wrong: "pigeon"; FUNCTION_APP_NAME is not set.');
    expect(err).toContain('azd hooks run postdeploy');
  });

  it.each([['--dry'], ['--patience=0']])('refuses %s, with what there is', async (option) => {
    const { code, err } = await run(option);
    expect([code, err]).toEqual([2, expect.stringContaining('--dry-run')]);
  });

  it('drops no probe picture before there is a model, and says how to name one', async () => {
    provisioned.deployCode();
    const { code, out } = await provisioned.run([], { VISION_PREDICTION_URL: '' });
    expect([code, out]).toEqual([0, expect.stringContaining('there is no model yet. azd env set VISION_')]);
  });

  it('says who may do it where the operator lacks the right', async () => {
    provisioned.deployCode();
    provisioned.azure.deny('Microsoft.EventGrid/systemTopics/eventSubscriptions/write');
    const { code, err } = await run();
    expect(code).toBe(1);
    expect(err).toContain('lacks the right Microsoft.EventGrid/systemTopics/eventSubscriptions/write');
    expect(err).toContain('Contributor');
  });

  it('asks for a sign-in where there is none', async () => {
    provisioned.azure.signedIn = false;
    // in a process of its own: this one has its token already
    expect(await postDeploy(provisioned.azure, ['--no-probe'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('az login'),
    });
  });
});
