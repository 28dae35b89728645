import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { type Azurite, startAzurite } from '../../local/azurite.ts';
import { type Certificate, createCertificate } from '../../local/certificate.ts';
import { createClosing } from '../../local/closing.ts';

/** An emulator for one test file at a time; with a certificate it serves HTTPS. */
export type Lent = Omit<Azurite, 'close'> & { certificate?: Omit<Certificate, 'remove'> };

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where `lend.ts` asks. */
    sharedParts: string;
  }
}

/**
 * For a whole run: what takes long to start and is as good as new for the next test file. Nothing is started before a
 * test file asks for it.
 */
export default async function shareParts(project: TestProject): Promise<() => Promise<void>> {
  const closing = createClosing();
  const free = { http: [] as Lent[], https: [] as Lent[] };
  let certificate: Promise<Certificate> | undefined;
  let bundles: Promise<string> | undefined;

  async function start(scheme: keyof typeof free): Promise<Lent> {
    if (scheme === 'http') return closing.add(await startAzurite());
    certificate ??= createCertificate();
    const its = await certificate;
    return { ...closing.add(await startAzurite({ certificate: its })), certificate: its };
  }

  async function answer(request: IncomingMessage): Promise<unknown> {
    if (request.url === '/bundles') {
      bundles ??= import('./bundles.ts').then(({ bundleForTests }) => bundleForTests());
      return bundles;
    }
    const scheme = request.url === '/https' ? 'https' : 'http';
    if (request.method === 'GET') return free[scheme].pop() ?? (await start(scheme));
    const lent = JSON.parse(await textOf(request)) as Lent;
    const { emptyAccount } = await import('./emptyAccount.ts'); // the SDKs take their time to load
    await emptyAccount(lent);
    free[scheme].push(lent);
    return null;
  }

  const server = createServer((request, response: ServerResponse) => {
    answer(request).then(
      (found) => response.end(JSON.stringify(found)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  project.provide('sharedParts', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    await closing.close();
    await (await certificate)?.remove();
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
