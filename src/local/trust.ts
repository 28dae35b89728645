import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Makes this process trust one more authority; other processes get it by NODE_EXTRA_CA_CERTS. */
export function trust(authority: string): void {
  setDefaultCACertificates([...getCACertificates('default'), authority]);
}
