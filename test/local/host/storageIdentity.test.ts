import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Certificate } from '../../../local/certificate.ts';
import { createClosing } from '../../../local/closing.ts';
import type { IdentityEndpoint } from '../../../local/identity/contract.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';
import { waitFor } from '../../../local/waiting.ts';
import { lendSecureAzurite } from '../../support/lend.ts';
import { runApp, said } from './apps.ts';

const closing = createClosing();
let certificate: Certificate;
let identity: IdentityEndpoint;
let settings: Record<string, string>;
let connectionString: string;

beforeAll(async () => {
  identity = closing.add(await startIdentityEndpoint());
  const lent = await lendSecureAzurite();
  const azurite = closing.add(lent.azurite);
  certificate = lent.certificate;
  connectionString = azurite.connectionString;
  settings = {
    AzureWebJobsStorage__blobServiceUri: azurite.blobServiceUri,
    AzureWebJobsStorage__queueServiceUri: azurite.queueServiceUri,
    ImageStorage__blobServiceUri: azurite.blobServiceUri,
    ImageStorage__queueServiceUri: azurite.queueServiceUri,
    IMAGES_CONTAINER: 'images',
    ...identity.environment,
  };
});
afterAll(closing.close);

it('works on both accounts with one token of its own, told apart from the app’s', async () => {
  const KEYLESS_HOST_IDENTITY_HEADER = identity.addCaller('functions host');
  const host = await runApp({
    fixture: 'images.cjs',
    settings: { ...settings, KEYLESS_HOST_IDENTITY_HEADER },
    extraCaCertificatePath: certificate.authorityPath,
  });
  // The pipeline below the storage client takes tlsOptions; the client's own types do not mention them.
  const options = { retryOptions: { maxTries: 1 }, tlsOptions: { ca: certificate.authority } };
  const images = BlobServiceClient.fromConnectionString(connectionString, options).getContainerClient(
    'images',
  );
  await images.create();
  await Promise.all(['a.jpg', 'b.jpg'].map((name) => images.getBlockBlobClient(name).upload('', 0)));
  await waitFor('both blobs', async () => (said(host).length >= 2 ? true : undefined), 15_000);
  expect(identity.count('https://storage.azure.com', 'functions host')).toBe(1);
  expect(identity.count(undefined, 'app')).toBe(0);
  expect(JSON.stringify(host.logs)).not.toContain(KEYLESS_HOST_IDENTITY_HEADER);
});

it('says what is missing when there is no identity endpoint', async () => {
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER, ...rest } = settings;
  const start = runApp({
    fixture: 'images.cjs',
    settings: rest,
    extraCaCertificatePath: certificate.authorityPath,
  });
  await expect(start).rejects.toThrow(/IDENTITY_ENDPOINT and IDENTITY_HEADER are missing/);
});

it('says which identity got no token, and no secret', async () => {
  const AzureWebJobsStorage__clientId = '00000000-0000-0000-0000-00000000dead';
  const start = runApp({
    fixture: 'images.cjs',
    settings: { ...settings, AzureWebJobsStorage__clientId },
    extraCaCertificatePath: certificate.authorityPath,
  });
  const error = await start.then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  expect(error?.message).toMatch(
    new RegExp(
      `gave no token for https://storage.azure.com: status 400, client id ${AzureWebJobsStorage__clientId}`,
    ),
  );
  expect(error?.message).not.toContain(identity.environment.IDENTITY_HEADER);
});
