import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCertificate } from '../../../local/certificate.ts';
import { createClosing } from '../../../local/closing.ts';
import { endpointCheck } from '../../../src/cli/doctor/checks/endpoints.ts';
import { waysCheck } from '../../../src/cli/doctor/checks/ways.ts';
import { createContext } from '../../../src/cli/doctor/context.ts';
import { runDoctor } from '../../../src/cli/doctor/runDoctor.ts';
import { ENDPOINT, environment } from '../../settings/environment.ts';
import { startProxy, type TestProxy } from '../../support/proxy.ts';
import { answered, type RawServer, startRawServer } from '../../support/rawServer.ts';
import { startTlsFront } from '../../support/tlsFront.ts';
import { startOddServer } from './oddServers.ts';

const VISION = new URL(ENDPOINT).host;
const SIGNAL = AbortSignal.timeout(60_000);
const closing = createClosing();
let proxy: TestProxy;
let raw: RawServer;
beforeAll(async () => {
  const certificate = await createCertificate([VISION]);
  closing.add({ close: certificate.remove });
  setDefaultCACertificates([...getCACertificates('default'), certificate.authority]);
  [proxy, raw] = [closing.add(await startProxy()), closing.add(await startRawServer())];
  raw.answers = [answered(401, '{}')];
  proxy.hosts = { [`${VISION}:443`]: closing.add(await startTlsFront(raw.url, VISION, certificate)).port };
});
afterAll(() => closing.close());
beforeEach(() => {
  proxy.refusal = undefined;
  proxy.seen.length = 0;
});

const proxied = (own: Record<string, string> = {}) =>
  environment({ HTTPS_PROXY: `http://picker:s3cret@${proxy.host}`, ...own });
const ways = (own: Record<string, string | undefined>) => waysCheck(createContext(own)).run(SIGNAL);
const endpoint = (own: Record<string, string | undefined>, address = ENDPOINT) =>
  endpointCheck(createContext(own), address).run(SIGNAL);

describe('doctor', () => {
  it('tells that every address is reached directly where no proxy is named', async () => {
    expect(await ways(environment())).toMatchObject({
      status: 'ok',
      finding: 'Every address is reached directly.',
      details: [
        'identity endpoint 127.0.0.1:41111: direct',
        `Custom Vision ${VISION}: direct`,
        'pictures orchard.blob.core.windows.net: direct',
        'queues orchard.queue.core.windows.net: direct',
      ],
    });
  });

  it('tells which way each address goes, and of a proxy no user and no password', async () => {
    const entra = {
      CALLER_AUTH: 'entra',
      ENTRA_TENANT_ID: 'e4a1c7d0-3b52-4f68-9d0e-1a6b7c8d9e0f',
      ENTRA_AUDIENCE: 'https://contoso.com/fruit',
    };
    const NOTIFY = JSON.stringify([
      { when: {}, to: { topic: 'https://orchard.westeurope-1.eventgrid.azure.net/api/events' } },
    ]);
    const told = await ways(proxied({ NO_PROXY: '.core.windows.net', NOTIFY, ...entra }));
    expect(told).toEqual({
      status: 'ok',
      finding: `${VISION}, orchard.westeurope-1.eventgrid.azure.net, login.microsoftonline.com through the proxy ${proxy.host}; 127.0.0.1:41111, orchard.blob.core.windows.net, orchard.queue.core.windows.net directly.`,
      details: [
        'identity endpoint 127.0.0.1:41111: direct',
        `Custom Vision ${VISION}: through the proxy ${proxy.host}`,
        'pictures orchard.blob.core.windows.net: direct',
        'queues orchard.queue.core.windows.net: direct',
        `target of NOTIFY (topic) orchard.westeurope-1.eventgrid.azure.net: through the proxy ${proxy.host}`,
        `sign-in login.microsoftonline.com: through the proxy ${proxy.host}`,
      ],
    });
  });

  it('looks at Custom Vision the way the app goes, without looking up its name here', async () => {
    expect(await endpoint(proxied())).toMatchObject({
      status: 'ok',
      details: ['HTTP 401 to a request without a token'],
    });
    expect(proxy.seen).toEqual([`CONNECT ${VISION}:443`]);
  });

  it('names the proxy that lets nobody through', async () => {
    proxy.refusal = 407;
    const told = await endpoint(proxied());
    expect(told).toMatchObject({
      status: 'fault',
      finding: `The proxy ${proxy.host} answered HTTP 407 instead of opening the way to ${VISION}.`,
      fix: expect.stringMatching(/user and password/u),
    });
    expect(JSON.stringify(told)).not.toMatch(/picker|s3cret/u);
  });

  it('names the variable that holds no proxy’s address, as the first cause', async () => {
    const { cause } = await runDoctor(
      environment({ AzureWebJobsStorage: 'UseDevelopmentStorage=true', https_proxy: 's3cret@proxy:8080' }),
      { paidCalls: false },
    );
    expect(cause).toMatchObject({
      id: 'settings',
      finding: expect.stringMatching(/^HTTPS_PROXY: expected the address of an HTTP proxy/u),
    });
    expect(JSON.stringify(cause)).not.toContain('s3cret');
  });

  it('says “does not answer” of what does not answer alone', async () => {
    const plain = closing.add(await startOddServer((_, response) => response.end()));
    raw.answers = ['SSH-2.0-OpenSSH_9.6\r\n'];
    for (const [address, word] of [
      [raw.url, 'HTTP'],
      [plain.url.replace('http:', 'https:'), 'TLS'],
    ] as const) {
      expect(await endpoint(environment(), address)).toMatchObject({
        finding: expect.stringMatching(
          new RegExp(`^127\\.0\\.0\\.1:\\d+ answers, but not by ${word} \\(\\w+\\)\\.$`, 'u'),
        ),
      });
    }
    expect(await endpoint(environment(), 'http://127.0.0.1:1')).toMatchObject({
      finding: '127.0.0.1:1 does not answer (ECONNREFUSED).',
    });
  });
});
