import { join } from 'node:path';
import { inject } from 'vitest';
import type { Azurite } from '../../local/azurite.ts';
import type { Certificate } from '../../local/certificate.ts';
import type { Lent } from './sharedParts.ts';

/** The storage emulator, empty, until closed; tests that stop it or count its connections start their own. */
export async function lendAzurite(): Promise<Azurite> {
  return returnable('/http', await ask<Lent>('/http'));
}

/** The same over HTTPS, as bearer tokens ask for, with its certificate. */
export async function lendSecureAzurite(): Promise<{ azurite: Azurite; certificate: Certificate }> {
  const { certificate, ...azurite } = await ask<Lent>('/https');
  if (!certificate) throw new Error('An emulator over HTTPS has a certificate.');
  return {
    azurite: returnable('/https', { ...azurite, certificate }),
    certificate: { ...certificate, remove: async () => {} },
  };
}

/** One of the files that are bundled for tests. */
export const bundled = async (name: 'keyless' | 'postDeploy' | 'host'): Promise<string> =>
  join(await ask<string>('/bundles'), `${name}.js`);

function returnable(path: string, lent: Lent): Azurite {
  const close = () => ask<null>(path, { method: 'POST', body: JSON.stringify(lent) });
  return { ...lent, close: async () => void (await close()) };
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const answer = await fetch(`${inject('sharedParts')}${path}`, init);
  if (!answer.ok) throw new Error(`The shared parts of this run: ${await answer.text()}`);
  return (await answer.json()) as T;
}
