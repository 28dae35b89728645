import { readFileSync } from 'node:fs';
import { createServer, request as send } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

/** A gate before the storage emulator, which itself knows no roles: refuses as a storage account does. */
export type StorageGate = {
  /** The service’s address, through the gate. */
  url: string;
  /** What every request is refused with, such as `AuthorizationPermissionMismatch`; undefined lets all through. */
  refusal: string | undefined;
  close(): Promise<void>;
};

/** `authorityPath` is the stack’s; its server certificate lies beside it. */
export async function openGate(serviceUrl: string, authorityPath: string): Promise<StorageGate> {
  const target = new URL(serviceUrl);
  const beside = (name: string) => readFileSync(join(dirname(authorityPath), name));
  const authority = readFileSync(authorityPath);
  const tls = { cert: beside('server.pem'), key: beside('server.key') };
  const server = createServer(tls, (request, response) => {
    const { method, url, headers } = request;
    if (gate.refusal) {
      request.resume();
      const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${gate.refusal}</Code><Message>Refused.</Message></Error>`;
      response
        .writeHead(403, { 'content-type': 'application/xml', 'x-ms-error-code': gate.refusal })
        .end(method === 'HEAD' ? undefined : body);
      return;
    }
    const onward = send(
      { host: target.hostname, port: target.port, method, path: url, headers, ca: authority },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    onward.once('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const gate: StorageGate = {
    url: `https://127.0.0.1:${port}${target.pathname}`,
    refusal: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return gate;
}
