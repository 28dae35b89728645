import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings/settings.ts';
import { environment, settingsOf } from './environment.ts';

const problemsOf = (hosts: string) => readSettings(environment({ URL_HOSTS: hosts })).problems;

describe('URL_HOSTS', () => {
  it.each([
    [' A.example, b.example:8443;c.example ', ['a.example', 'b.example:8443', 'c.example']],
    ['xn--bcher-kva.example', ['xn--bcher-kva.example']],
    ['127.0.0.1 [::1]', ['127.0.0.1', '[::1]']],
  ])('%j names hosts as urls have them', (hosts, expected) => {
    expect(settingsOf(environment({ URL_HOSTS: hosts })).urlHosts).toEqual(expected);
  });

  it.each([
    ['https://pictures.example', /the host alone, pictures\.example/u],
    ['http://pictures.example:8443/', /the host alone, pictures\.example:8443/u],
    ['//pictures.example', /the host alone/u],
    ['pictures.example/orchard', /the host alone, pictures\.example/u],
    ['pictures.example?a=1', /the host alone/u],
    ['pictures.example#a', /the host alone/u],
    ['user@pictures.example', /the host alone, pictures\.example/u],
    ['*.example.org', /each host by its whole name/u],
    ['*', /each host by its whole name/u],
    ['.example.org', /each host by its whole name/u],
    ['bücher.example', /xn--bcher-kva\.example/u],
    ['BÜCHER.example', /xn--bcher-kva\.example/u],
    ['pictures.example:443', /the host alone, pictures\.example/u],
    ['127.1', /the host alone, 127\.0\.0\.1/u],
    ['pictures.example:port', /the name of a host/u],
    ['pictures_%zz.example', /the name of a host/u],
  ])('%s could never match, and is told with what would', (hosts, expected) => {
    expect(problemsOf(hosts)).toMatchObject([
      { setting: 'URL_HOSTS', expected: expect.stringMatching(expected), got: expect.any(String) },
    ]);
  });

  it('tells every wrong host at once', () => {
    expect(problemsOf('https://a.example *.b.example good.example bücher.example')).toHaveLength(3);
  });

  it('holds no secret that was pasted with a url', () => {
    expect(JSON.stringify(problemsOf('https://a.example/x.jpg?sig=canary-of-a-signature'))).not.toContain(
      'canary',
    );
    expect(JSON.stringify(problemsOf('https://user:canary@a.example'))).not.toContain('canary');
  });

  it('takes exactly what the host of some https url is', () => {
    const text = fc.oneof(
      fc.domain(),
      fc.webAuthority(),
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.ipV4(),
    );
    fc.assert(
      fc.property(
        text.filter((each) => /^[^\s,;]+$/u.test(each)),
        (host) => {
          const own = readSettings(environment({ URL_HOSTS: host })).settings?.urlHosts;
          const reached = URL.parse(`https://${host}/a.jpg`)?.host;
          if (own) expect(own).toEqual([reached]);
        },
      ),
    );
  });
});
