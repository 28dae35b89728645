import { type Problems, shown } from './problem.ts';

/**
 * The hosts that `{"url": …}` may name, in lower case, a port with them where it is not 443: as URL.host of an https
 * address has them, since that is what they are compared with.
 */
export function readUrlHosts(text: string | undefined, problem: Problems): string[] {
  const given = text?.split(/[\s,;]+/u).filter(Boolean) ?? [];
  return given.map((entry) => {
    const host = hostOf(entry);
    if (host !== entry.toLowerCase() || /^\.|\*/u.test(entry))
      problem({ setting: 'URL_HOSTS', expected: whatIsExpected(entry, host), got: shown(entry) });
    return entry.toLowerCase();
  });
}

function whatIsExpected(entry: string, host: string | undefined): string {
  if (/^\.|\*/u.test(entry)) return 'each host by its whole name: none stands for others';
  if (!host) return 'the name of a host, such as pictures.example';
  return /[^\0-\x7f]/u.test(entry)
    ? `the host as urls have it, ${host}`
    : `the host alone, ${host}, as urls have it`;
}

/** What an https address of this host has as its own; scheme, path and the like are left out. */
function hostOf(entry: string): string | undefined {
  const host = URL.parse(`https://${entry.replace(/^(?:[a-z][a-z\d+.-]*:)?\/\//iu, '')}`)?.host;
  return host || undefined;
}
