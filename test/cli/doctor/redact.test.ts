import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedaction } from '../../../src/cli/doctor/redact.ts';
import { runDoctor } from '../../../src/cli/doctor/runDoctor.ts';

const secret = fc.stringMatching(/^[A-Za-z0-9]{24,60}$/u);

describe('what doctor prints', () => {
  it('holds no token, key, connection string or signature, wherever it stands', () => {
    const redact = createRedaction({});
    fc.assert(
      fc.property(secret, secret, fc.string(), (one, other, around) => {
        const forms = [
          `Bearer ${one}`,
          `eyJhbGciOi${one}.eyJ${other}.${one}`,
          `AccountName=a;AccountKey=${one}==;EndpointSuffix=x`,
          `https://a.blob.core.windows.net/x?sp=r&sig=${one}&se=1`,
          `https://user:${one}@host/`,
          `https://a/runtime/webhooks/blobs?functionName=f&code=${one}`,
        ];
        for (const form of forms) expect(redact(`${around} ${form} ${around}`)).not.toContain(one);
      }),
      { numRuns: 100 },
    );
  });

  it('holds no value of a setting that is a secret by its name', () => {
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom('API_KEY', 'SomeSecret', 'DB_PASSWORD', 'IDENTITY_HEADER', 'AUTH_TOKEN'),
        (value, name) => {
          expect(createRedaction({ [name]: value })(`It said “${value}”.`)).not.toContain(value);
        },
      ),
    );
  });

  it('drives no terminal', () => {
    expect(createRedaction({})('a\u001b[31mb\u0007c')).toBe('a\ufffd[31mb\ufffdc');
  });

  it('keeps the names by which an operator knows things', () => {
    const line =
      'az role assignment create --assignee-object-id 5d0c5a52-2f4e-4a0b-9a3b-6d0a4c1f7e02 --scope /subscriptions/00000000-0000-0000-0000-000000000000/x';
    expect(createRedaction({ KEYLESS_HOST_PORT: '00000000' })(line)).toBe(line);
  });

  it('is safe and complete whatever stands in the settings', async () => {
    const names = [
      'ImageStorage',
      'ImageStorage__blobServiceUri',
      'ImageStorage__queueServiceUri',
      'AzureWebJobsStorage',
      'VISION_MODELS',
      'VISION_ENDPOINT',
      'VISION_PREDICTION_URL',
      'ENTRA_AUDIENCE',
      'AZURE_CLIENT_ID',
      'BLOB_TRIGGER_SOURCE',
    ];
    const value = (hidden: string) =>
      fc.oneof(
        fc.string(),
        fc.constant('UseDevelopmentStorage=true'),
        fc.constant(
          `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${hidden};EndpointSuffix=core.windows.net`,
        ),
        fc.constant(`https://u:${hidden}@127.0.0.1:9/x?sig=${hidden}`),
        fc.constant(JSON.stringify({ fruit: { url: `http://127.0.0.1:9/?key=${hidden}`, key: hidden } })),
        fc.constant('http://127.0.0.1:9'),
      );
    const settings = secret.chain((hidden) =>
      fc.record({
        hidden: fc.constant(hidden),
        environment: fc.dictionary(fc.constantFrom(...names), value(hidden)),
      }),
    );
    process.env.PATH = '/nowhere'; // nobody is signed in
    await fc.assert(
      fc.asyncProperty(settings, async ({ hidden, environment }) => {
        const diagnosis = await runDoctor(environment, { paidCalls: false });
        expect(JSON.stringify(diagnosis)).not.toContain(hidden);
        expect(diagnosis.results.filter(({ because }) => because === 'failed')).toEqual([]);
        for (const { status, command, fix } of diagnosis.results) {
          if (status === 'fault') expect(command ?? fix).toBeTruthy();
        }
      }),
      { numRuns: 40, endOnFailure: true },
    );
  }, 30_000);
});
