import { BlobServiceClient } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings/settings.ts';
import { environment, settingsOf, wrong } from './environment.ts';

const KEY = 'c2VjcmV0LWFjY291bnQta2V5LW9mLTY0LWJ5dGVz';
const EMULATOR_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const OWN = `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${EMULATOR_KEY}`;

describe('where pictures are', () => {
  it('is an account reached with the shared credential', () => {
    expect(
      settingsOf(environment({ ImageStorage__blobServiceUri: 'https://orchard.blob.core.windows.net/' }))
        .imageStorage,
    ).toEqual({
      blobServiceUri: 'https://orchard.blob.core.windows.net',
      queueServiceUri: 'https://orchard.queue.core.windows.net',
    });
  });

  it('may be a service on this machine, with the account in its path', () => {
    const own = {
      ImageStorage__blobServiceUri: 'https://127.0.0.1:10000/devstoreaccount1',
      ImageStorage__queueServiceUri: 'https://127.0.0.1:10001/devstoreaccount1',
    };
    expect(settingsOf(environment(own)).imageStorage).toEqual({
      blobServiceUri: own.ImageStorage__blobServiceUri,
      queueServiceUri: own.ImageStorage__queueServiceUri,
    });
  });

  it.each([
    'UseDevelopmentStorage=true',
    `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${EMULATOR_KEY};BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;`,
    `${OWN};BlobEndpoint=http://localhost:10000/devstoreaccount1;QueueEndpoint=http://localhost:10001/devstoreaccount1`,
    `${OWN};BlobEndpoint=https://[::1]:10000/devstoreaccount1;QueueEndpoint=https://127.0.0.2:10001/devstoreaccount1`,
    `${OWN};BlobEndpoint=http://azurite:10000/devstoreaccount1;QueueEndpoint=http://azurite_1:10001/devstoreaccount1`,
    `${OWN};BlobEndpoint=http://host.docker.internal:10000/devstoreaccount1`,
    `${OWN};BlobEndpoint=http://devstoreaccount1.blob.localhost:10000;QueueEndpoint=http://devstoreaccount1.queue.localhost:10001`,
  ])('may be the emulator, by its connection string %s', (connectionString) => {
    expect(settingsOf(environment({ ImageStorage: connectionString })).imageStorage).toEqual({
      emulatorConnectionString: connectionString.trim(),
    });
  });

  it.each([' usedevelopmentstorage=TRUE; ', 'UseDevelopmentStorage = true'])(
    'may be the emulator as the host reads it, %s, which the storage library does not take as it stands',
    (connectionString) => {
      const { imageStorage } = settingsOf(environment({ ImageStorage: connectionString }));
      expect(imageStorage).toEqual({ emulatorConnectionString: 'UseDevelopmentStorage=true' });
    },
  );

  it('may be the emulator with its protocol left out, which the storage library does not do without', () => {
    const { imageStorage } = settingsOf(
      environment({
        ImageStorage: `${OWN.split(';').slice(1).join(';')};BlobEndpoint=http://azurite:10000/devstoreaccount1`,
      }),
    );
    const { emulatorConnectionString = '' } = imageStorage as { emulatorConnectionString?: string };
    expect(BlobServiceClient.fromConnectionString(emulatorConnectionString).url).toBe(
      'http://azurite:10000/devstoreaccount1',
    );
  });

  it.each([
    `BlobEndpoint=https://real.blob.core.windows.net/;SharedAccessSignature=sv=2024&sig=${KEY};AccountName=devstoreaccount1`,
    `DefaultEndpointsProtocol=https;AccountName=devstoreaccount1;AccountKey=${KEY};BlobEndpoint=https://real.blob.core.windows.net`,
    `${OWN};BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;QueueEndpoint=https://real.queue.core.windows.net`,
    `${OWN};BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;SharedAccessSignature=sig=${KEY}`,
    `${OWN};BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1?sv=2024&sig=${KEY}`,
    `${OWN};BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;BlobSecondaryEndpoint=https://real.blob.core.windows.net`,
    `${OWN};BlobEndpoint=http://user:${KEY}@azurite:10000/devstoreaccount1`,
    `${OWN};BlobEndpoint=http://10.0.0.4:10000/devstoreaccount1`,
    `${OWN};BlobEndpoint=http://[2001:db8::1]:10000/devstoreaccount1`,
    `${OWN};BlobEndpoint=http://127.0.0.1.example:10000/devstoreaccount1`,
    `${OWN};BlobEndpoint=devstoreaccount1`,
    `${OWN};EndpointSuffix=core.windows.net`,
    `${OWN};BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;EndpointSuffix=core.windows.net`,
    `UseDevelopmentStorage=true;BlobEndpoint=https://real.blob.core.windows.net;SharedAccessSignature=sig=${KEY}`,
    OWN,
  ])('is not the emulator for its account name alone: %#', (connectionString) => {
    const { problems, settings } = readSettings(environment({ ImageStorage: connectionString }));
    expect(settings).toBeUndefined();
    expect(problems).toMatchObject([
      { setting: 'ImageStorage', expected: expect.stringContaining('on this machine') },
    ]);
    expect(JSON.stringify(problems)).not.toContain(KEY);
  });

  it.each([
    `DefaultEndpointsProtocol=https;AccountName=orchard;AccountKey=${KEY};EndpointSuffix=core.windows.net`,
    `BlobEndpoint=https://orchard.blob.core.windows.net;SharedAccessSignature=sv=2024&sig=${KEY}`,
    `AccountName=orchard;AccountKey=${KEY};Comment=devstoreaccount1`,
    `UseDevelopmentStorage=false;AccountKey=${KEY}`,
    `AccountName=devstoreaccount12;AccountKey=${KEY}`,
    KEY,
  ])('is refused when a key opens it, and the key is not shown: %#', (connectionString) => {
    const { problems, settings } = readSettings(environment({ ImageStorage: connectionString }));
    expect(settings).toBeUndefined();
    expect(problems).toMatchObject([
      { setting: 'ImageStorage', expected: expect.stringContaining('ImageStorage__blobServiceUri') },
    ]);
    expect(JSON.stringify(problems)).not.toContain(KEY);
  });

  it('needs blob and queue address, both named when missing', () => {
    const none = { ImageStorage__blobServiceUri: undefined, ImageStorage__queueServiceUri: '' };
    expect(wrong(environment(none))).toEqual([
      'ImageStorage__blobServiceUri and ImageStorage__queueServiceUri',
    ]);
    expect(wrong(environment({ ImageStorage__queueServiceUri: undefined }))).toEqual([
      'ImageStorage__queueServiceUri',
    ]);
  });

  it.each(['ImageStorage__blobServiceUri', 'ImageStorage__queueServiceUri'])(
    '%s carries no shared access signature, which is a key, and none is shown',
    (setting) => {
      const { problems } = readSettings(
        environment({ [setting]: `https://orchard.blob.core.windows.net/?sv=2024-11-04&sig=${KEY}` }),
      );
      expect(problems).toMatchObject([{ setting }]);
      expect(JSON.stringify(problems)).not.toContain(KEY);
    },
  );

  it.each([
    [
      'ImageStorage__blobServiceUri',
      'https://orchard.queue.core.windows.net',
      /the address of the blob service/u,
    ],
    [
      'ImageStorage__blobServiceUri',
      'https://orchard.dfs.core.windows.net',
      /the address of the blob service/u,
    ],
    [
      'ImageStorage__queueServiceUri',
      'https://orchard.blob.core.windows.net',
      /the address of the queue service/u,
    ],
    ['ImageStorage__queueServiceUri', 'https://orchard.blob.core.chinacloudapi.cn/', /the queue service/u],
    ['ImageStorage__blobServiceUri', 'https://orchard.blob.core.windows.net/images', /without a container/u],
    [
      'ImageStorage__queueServiceUri',
      'https://orchard.queue.core.windows.net/events',
      /without a container/u,
    ],
  ])('%s is not %s', (setting, address, expected) => {
    expect(readSettings(environment({ [setting]: address })).problems).toMatchObject([
      { setting, expected: expect.stringMatching(expected), got: expect.any(String) },
    ]);
  });

  it.each(['orchard', 'http://orchard.blob.core.windows.net'])('is no address that reads %s', (address) => {
    expect(wrong(environment({ ImageStorage__blobServiceUri: address }))).toEqual([
      'ImageStorage__blobServiceUri',
    ]);
    expect(wrong(environment({ ImageStorage__queueServiceUri: address }))).toEqual([
      'ImageStorage__queueServiceUri',
    ]);
  });
});
