import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLocalAzure } from '../../local/azure/start.ts';
import { startAzurite } from '../../local/azurite.ts';
import { createCertificate } from '../../local/certificate.ts';
import { createClosing } from '../../local/closing.ts';
import { resourcesClient } from '../../src/cli/azure/arm.ts';
import { graphClient, principalsWhere } from '../../src/cli/azure/graph.ts';
import { refusalOf } from '../../src/cli/azure/refusals.ts';
import { createTrainingClient } from '../../src/cli/training/client.ts';
import { KeylessError } from '../../src/errors/errors.ts';
import { fetchSigningKeys } from '../../src/identity/callers/openIdMetadata.ts';
import { createCredential } from '../../src/identity/credential.ts';
import { openBlobs, openQueues } from '../../src/storage/clients.ts';
import { storageFault } from '../../src/storage/faults.ts';
import { picture, startParts } from '../local/prediction/parts.ts';
import { startProxy, type TestProxy } from '../support/proxy.ts';
import { expectNoToken, rejection } from '../support/secrets.ts';
import { startTlsFront } from '../support/tlsFront.ts';
import { clientOf, modelAt } from '../support/visionParts.ts';

const VISION = 'fruit.cognitiveservices.azure.com';
const LOGIN = 'login.microsoftonline.com';
const BLOBS = 'devstoreaccount1.blob.core.windows.net';
const QUEUES = 'devstoreaccount1.queue.core.windows.net';
const ARM = 'management.azure.com';
const GRAPH = 'graph.microsoft.com';
const VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'];
/** On a busy machine; no second attempt fits into it. */
const PATIENT = { total: 7_000, attempt: 7_000, firstWait: 7_000 };
const ONE_TRY = { maxTries: 1, tryTimeoutInMs: 15_000 };

const closing = createClosing();
let parts: Awaited<ReturnType<typeof startParts>>;
let azure: Awaited<ReturnType<typeof startLocalAzure>>;
let azurite: Awaited<ReturnType<typeof startAzurite>>;
let proxy: TestProxy;
let subject = 0;

beforeAll(async () => {
  const certificate = await createCertificate([VISION, LOGIN, BLOBS, QUEUES, ARM, GRAPH]);
  closing.add({ close: certificate.remove });
  setDefaultCACertificates([...getCACertificates('default'), certificate.authority]);
  parts = closing.add(await startParts());
  [proxy, azure, azurite] = await Promise.all([
    startProxy(),
    startLocalAzure({ identity: parts.identity, certificate }),
    startAzurite({ certificate }),
  ]);
  for (const each of [proxy, azure, azurite]) closing.add(each);
  const vision = closing.add(await startTlsFront(parts.server.url, VISION, certificate));
  const login = closing.add(await startTlsFront(parts.identity.authority, LOGIN, certificate));
  const portOf = (url: string) => Number(new URL(url).port);
  proxy.hosts = {
    [`${VISION}:443`]: vision.port,
    [`${LOGIN}:443`]: login.port,
    [`${BLOBS}:443`]: portOf(azurite.blobServiceUri),
    [`${QUEUES}:443`]: portOf(azurite.queueServiceUri),
    [`${ARM}:443`]: portOf(azure.armUrl),
    [`${GRAPH}:443`]: portOf(azure.graphUrl),
  };
  const { AZURE_ARM_ENDPOINT: _, AZURE_GRAPH_ENDPOINT: __, ...environment } = azure.environment;
  Object.assign(process.env, environment, parts.identity.environment);
}, 60_000);
afterAll(() => closing.close());
beforeEach(() => {
  for (const name of VARIABLES.flatMap((each) => [each, each.toLowerCase()])) delete process.env[name];
  // a user to each test, and so dispatchers and sockets of its own
  subject += 1;
  process.env.HTTPS_PROXY = `http://picker-${subject}:s3cret@${proxy.host}`;
  proxy.seen.length = 0;
  proxy.clear.length = 0;
  proxy.refusal = undefined;
});

const systemAssigned = () => createCredential({ kind: 'systemAssigned' });
const predict = (endpoint = `https://${VISION}`) =>
  clientOf(systemAssigned()).predict(modelAt(endpoint), { bytes: picture() }, PATIENT);
const blobs = (blobServiceUri = `https://${BLOBS}`) =>
  openBlobs({ blobServiceUri }, systemAssigned, ONE_TRY).then((service) => service.listContainers().next());
const queues = () =>
  openQueues({ queueServiceUri: `https://${QUEUES}` }, systemAssigned, ONE_TRY).then((service) =>
    service.listQueues().next(),
  );
const keys = () => {
  const { tenantId } = parts.identity;
  return fetchSigningKeys(`https://${LOGIN}/${tenantId}/.well-known/openid-configuration`, tenantId, 15_000);
};
const arm = async () =>
  (await resourcesClient(azure.subscriptionId)).resourceGroups.checkExistence('orchard');
const graph = async () => principalsWhere(await graphClient(), "displayName eq 'x'");
const iterations = () => createTrainingClient(`https://${VISION}`, systemAssigned(), PATIENT).projects();

describe('what is asked over a network', () => {
  it.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'HTTP_PROXY', 'http_proxy'])(
    'goes through the proxy that %s names, and what is on this machine does not',
    async (name) => {
      const { HTTPS_PROXY: address = '' } = process.env;
      delete process.env.HTTPS_PROXY;
      process.env[name] = address;
      expect((await predict()).attempts).toBe(1);
      expect(proxy.seen).toEqual([`CONNECT ${VISION}:443`]);
    },
  );

  it.each<[string, () => Promise<unknown>, string]>([
    ['Custom Vision', predict, VISION],
    ['the training account', () => rejection(iterations()), VISION],
    ['the keys of callers’ tokens', keys, LOGIN],
    ['blobs', blobs, BLOBS],
    ['queues', queues, QUEUES],
    ['Azure Resource Manager', arm, ARM],
    ['Microsoft Graph', graph, GRAPH],
  ])('goes through a tunnel, of which the proxy sees the name alone: %s', async (_, ask, host) => {
    await ask();
    expect(new Set(proxy.seen)).toEqual(new Set([`CONNECT ${host}:443`]));
    expect(proxy.clear.join('\n')).not.toMatch(/ey[A-Za-z0-9_-]{16,}|bearer /iu);
  });

  it('keeps its tunnel for what comes next', async () => {
    const client = clientOf(systemAssigned());
    const service = await openBlobs({ blobServiceUri: `https://${BLOBS}` }, systemAssigned, ONE_TRY);
    for (let sent = 0; sent < 4; sent += 1) {
      await client.predict(modelAt(`https://${VISION}`), { bytes: picture() }, PATIENT);
      await service.listContainers().next();
    }
    const tunnels = (host: string) => proxy.seen.filter((line) => line === `CONNECT ${host}:443`).length;
    expect(tunnels(BLOBS)).toBe(1);
    expect(tunnels(VISION)).toBeLessThanOrEqual(2); // the second call may come before the first one’s socket is free again
  });
});

describe('what is on this machine', () => {
  it.each(['', 'example.com', `${VISION}`])(
    'is never asked through a proxy, whatever NO_PROXY says: %j',
    async (exceptions) => {
      process.env.NO_PROXY = exceptions;
      process.env.ALL_PROXY = process.env.HTTPS_PROXY;
      process.env.HTTP_PROXY = process.env.HTTPS_PROXY;
      const asked = parts.identity.requests.length;
      await systemAssigned().getToken(`api://subject-${subject}/.default`);
      expect(parts.identity.requests).toHaveLength(asked + 1);
      await predict(parts.server.url);
      await blobs(azurite.blobServiceUri);
      await fetchSigningKeys(
        `${parts.identity.authority}/${parts.identity.tenantId}/.well-known/openid-configuration`,
        parts.identity.tenantId,
        15_000,
      );
      const byString = await openBlobs(
        { connectionString: azurite.connectionString },
        systemAssigned,
        ONE_TRY,
      );
      await byString.listContainers().next();
      expect(proxy.seen).toEqual([]);
    },
  );

  it('keeps the identity endpoint’s secret header from every proxy', async () => {
    await predict();
    await blobs();
    expect(proxy.clear.join('\n')).not.toContain(process.env.IDENTITY_HEADER);
    expect(proxy.clear.join('\n')).not.toMatch(/x-identity-header/iu);
  });
});

describe('a proxy that opens no way', () => {
  const told = async (ask: () => Promise<unknown>): Promise<KeylessError> => {
    const error = await rejection(ask());
    const fault = error instanceof KeylessError ? error : storageFault(error, 'Listing');
    expect(String(fault) + fault.fix).not.toMatch(/s3cret|picker/u);
    expectNoToken(fault);
    return fault;
  };

  it.each<[number, string, boolean]>([
    [407, 'ProxyRefused', false],
    [403, 'ProxyRefused', false],
    [502, 'ProxyUnavailable', true],
    [503, 'ProxyUnavailable', true],
  ])('answering %i, is named as %s: it is not the service that refuses', async (status, code, transient) => {
    proxy.refusal = status;
    for (const ask of [predict, iterations, blobs, queues]) {
      expect(await told(ask)).toMatchObject({
        ...{ code, transient },
        message: expect.stringMatching(
          new RegExp(`The proxy ${proxy.host} answered HTTP ${status} instead of opening the way to `, 'u'),
        ),
      });
    }
    expect(await told(keys)).toMatchObject({
      code: 'CallerKeysUnavailable',
      message: expect.stringContaining(`The proxy ${proxy.host} answered HTTP ${status}`),
    });
    for (const ask of [arm, graph]) {
      expect(refusalOf(await rejection(ask()))).toMatchObject({
        name: 'AzureRefusal',
        message: expect.stringContaining(`The proxy ${proxy.host} answered HTTP ${status}`),
        fix: expect.stringMatching(/NO_PROXY/u),
      });
    }
  });

  it('since nobody is there, is named as the proxy that does not answer', async () => {
    process.env.HTTPS_PROXY = 'http://127.0.0.1:1';
    for (const ask of [predict, iterations, blobs]) {
      expect(await told(ask)).toMatchObject({
        code: 'ProxyUnavailable',
        message: expect.stringMatching(/The proxy 127\.0\.0\.1:1, .+ does not answer \(ECONNREFUSED\)/u),
      });
    }
  });

  it.each(['127.0.0.1:3128', 'proxy.example.com:8080', 'socks5://127.0.0.1:1080', 'http://a:100%@proxy'])(
    'since %s is no address of an HTTP proxy, is a fault of the settings',
    async (address) => {
      process.env.HTTPS_PROXY = address;
      const error = await rejection((async () => predict())());
      expect(error).toMatchObject({
        code: 'SettingsInvalid',
        message: expect.stringMatching(/^HTTPS_PROXY: expected the address of an HTTP proxy/u),
      });
    },
  );
});
