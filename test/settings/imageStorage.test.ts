import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings/settings.ts';
import { environment, settingsOf, wrong } from './environment.ts';

const KEY = 'c2VjcmV0LWFjY291bnQta2V5LW9mLTY0LWJ5dGVz';
const EMULATOR_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

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
    ' usedevelopmentstorage=TRUE; ',
    `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${EMULATOR_KEY};BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;`,
  ])('may be the emulator, by its connection string %s', (connectionString) => {
    expect(settingsOf(environment({ ImageStorage: connectionString })).imageStorage).toEqual({
      emulatorConnectionString: connectionString.trim(),
    });
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

  it.each(['orchard', 'http://orchard.blob.core.windows.net'])('is no address that reads %s', (address) => {
    expect(wrong(environment({ ImageStorage__blobServiceUri: address }))).toEqual([
      'ImageStorage__blobServiceUri',
    ]);
    expect(wrong(environment({ ImageStorage__queueServiceUri: address }))).toEqual([
      'ImageStorage__queueServiceUri',
    ]);
  });
});
