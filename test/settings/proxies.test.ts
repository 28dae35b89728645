import { hostname, networkInterfaces } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/settings/problem.ts';
import { readWays } from '../../src/settings/proxies.ts';
import { anyUrl } from '../support/anyText.ts';
import { environment, wrong } from './environment.ts';

const PROXY = 'http://proxy.example.com:8080/';
const VISION = 'https://fruit.cognitiveservices.azure.com/customvision';

function read(own: Record<string, string>) {
  const problems: Problem[] = [];
  const ways = readWays(own, (found) => problems.push(found));
  return { problems, way: (address: string) => ways(new URL(address))?.href };
}
const wayTo = (address: string, own: Record<string, string> = {}) =>
  read({ HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, ...own }).way(address);

describe('the way to an address', () => {
  it('is direct where no proxy is named', () => {
    expect(read({}).way(VISION)).toBeUndefined();
    expect(read({ HTTPS_PROXY: ' ', NO_PROXY: '*' }).way(VISION)).toBeUndefined();
  });

  it.each([
    [{ HTTPS_PROXY: 'http://a', ALL_PROXY: 'http://b', HTTP_PROXY: 'http://c' }, 'http://a/'],
    [{ https_proxy: 'http://a', HTTPS_PROXY: 'http://b' }, 'http://a/'],
    [{ ALL_PROXY: 'http://b', HTTP_PROXY: 'http://c' }, 'http://b/'],
    [{ all_proxy: 'https://b:8443' }, 'https://b:8443/'],
    [{ HTTP_PROXY: 'http://c' }, 'http://c/'],
    [{ https_proxy: '', HTTPS_PROXY: 'http://b' }, 'http://b/'],
  ])('leads over TLS with %j through %s', (own, proxy) => {
    expect(read(own as Record<string, string>).way(VISION)).toBe(proxy);
  });

  it.each([
    ['fruit.cognitiveservices.azure.com', undefined],
    ['FRUIT.cognitiveservices.AZURE.com', undefined],
    ['azure.com', undefined],
    ['.azure.com', undefined],
    ['*.azure.com', undefined],
    ['example.com azure.com', undefined],
    ['example.com, azure.com:443', undefined],
    ['*', undefined],
    ['azure.com:8443', PROXY],
    ['zure.com', PROXY],
    ['fruit', PROXY],
    ['com.', PROXY],
    [',, ,', PROXY],
  ])('leads with NO_PROXY=%s to Custom Vision through %s', (exceptions, proxy) => {
    expect(wayTo(VISION, { NO_PROXY: exceptions })).toBe(proxy);
    expect(wayTo(VISION, { no_proxy: exceptions })).toBe(proxy);
  });

  it.each([
    'http://localhost:41111/msi/token',
    'http://LOCALHOST./',
    'http://app.localhost/',
    'http://127.0.0.1/',
    'https://127.8.9.10:10000/devstoreaccount1',
    'http://2130706433/',
    'http://[::1]:7071/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::]/',
    'http://0.0.0.0/',
    'http://169.254.169.254/metadata/identity/oauth2/token',
    'http://169.254.129.2:8081/msi/token',
    'http://[fe80::1]/',
    'http://identity.internal:8081/msi/token?resource=x',
    `http://${hostname()}:7071/`,
    ...Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .map(({ address, family }) => `http://${family === 'IPv6' ? `[${address}]` : address}:80/`),
  ])('never leads through a proxy to %s', (address) => {
    const IDENTITY_ENDPOINT = 'http://identity.internal:8081/msi/token';
    for (const NO_PROXY of ['', 'example.com'])
      expect(wayTo(address, { ALL_PROXY: PROXY, NO_PROXY, IDENTITY_ENDPOINT })).toBeUndefined();
  });

  it.each([
    'https://10.1.2.3/',
    'https://identity.internal/',
    'http://azurite:10000/',
    'https://localhost.example.com/',
  ])('leads through the proxy to %s', (address) => {
    expect(wayTo(address, { IDENTITY_ENDPOINT: 'http://identity.internal:8081/msi/token' })).toBe(PROXY);
  });

  it('is told for any exceptions and any address', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.oneof(
          anyUrl,
          fc.ipV6().map((ip) => `https://[${ip}]/`),
          fc.ipV4().map((ip) => `https://${ip}/`),
        ),
        (exceptions, address) => {
          const url = URL.parse(address);
          if (url) expect([PROXY, undefined]).toContain(wayTo(url.href, { NO_PROXY: exceptions }));
        },
      ),
    );
  });
});

describe('the address of a proxy', () => {
  it.each([
    'proxy',
    'proxy.example.com:8080',
    '127.0.0.1:3128',
    'socks5://127.0.0.1:1080',
    'http://',
    'http://a:100%@b',
  ])('is not %s, and is not shown: a password may be in it', (address) => {
    const { problems } = read({ HTTPS_PROXY: address });
    expect(problems).toEqual([
      { setting: 'HTTPS_PROXY', expected: expect.stringMatching(/^the address of an HTTP proxy/u) },
    ]);
    expect(wrong(environment({ ALL_PROXY: address }))).toContain('ALL_PROXY');
  });

  it('does not matter where another one goes before it', () => {
    expect(
      read({ HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, ALL_PROXY: 'socks5://127.0.0.1:1080' }).problems,
    ).toEqual([]);
  });
});
