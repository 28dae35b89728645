import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Has this process trust an authority besides those it trusts anyway, until that is closed. */
export function trust(authority: string): { close(): Promise<void> } {
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, authority]);
  return { close: async () => setDefaultCACertificates(trusted) };
}
