import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../local/waiting.ts';
import { useProvisioned } from '../support/provisioned.ts';

const provisioned = useProvisioned();
const run = (...args: string[]) => provisioned.run(['--no-probe', '--patience', '30', ...args]);

describe('the key that the webhook is opened with', () => {
  it('is made when the host has loaded the code: its key is waited for', async () => {
    const running = run();
    await waitFor('the key to be asked for again', async () => {
      const asked = provisioned.azure.requests.filter(({ path }) => /listkeys/iu.test(path));
      return asked[1];
    });
    expect(provisioned.writes()).toEqual([]);
    provisioned.deployCode();
    expect(await running).toEqual({
      code: 0,
      out: 'The event subscription evgt-orchard/pictures was made.\n',
      err: 'Waiting for the host to load the code …\n',
    });
  });

  /** https://github.com/Azure/azure-functions-host/issues/11379: what ARM answers for an app on Flex Consumption without code. */
  const SILENT_HOST = {
    status: 400,
    body: JSON.stringify({
      Code: 'BadRequest',
      Message: 'Encountered an error (ServiceUnavailable) from host runtime.',
    }),
  };

  it('is left for later where the host of an app without code cannot answer for its keys', async () => {
    provisioned.azure.faults.next(SILENT_HOST);
    expect(await run('--no-wait')).toMatchObject({
      code: 0,
      out: expect.stringContaining('is made after azd deploy'),
    });
    expect(provisioned.writes()).toEqual([]);
  });

  it('is made when a host that could not answer for its keys does', async () => {
    provisioned.deployCode();
    provisioned.azure.faults.next(SILENT_HOST, SILENT_HOST);
    expect(await run()).toMatchObject({
      code: 0,
      out: expect.stringContaining('was made'),
      err: 'Waiting for the host to load the code …\n',
    });
  });

  it('is given up with what the host said last', async () => {
    provisioned.azure.faults.always(SILENT_HOST);
    const { code, err } = await run('--patience', '0.4');
    expect(code).toBe(1);
    expect(err).toMatch(/has no key blobs_extension.*400/u);
  });

  it('is left for later with --no-wait, as after azd provision', async () => {
    const { code, out } = await run('--no-wait');
    expect([code, out]).toEqual([
      0,
      'The event subscription evgt-orchard/pictures is made after azd deploy: the app has no code yet.\n',
    ]);
    expect(provisioned.writes()).toEqual([]);
  });

  it('is given up, with what to do, where the key never comes', async () => {
    const { code, err } = await run('--patience', '0.4');
    expect(code).toBe(1);
    expect(err).toContain('has no key blobs_extension');
    expect(err).toContain('Fix: azd deploy, then azd hooks run postdeploy.');
  });
});

describe('a probe picture that storage refuses', () => {
  const SUCCEEDED = {
    status: 'succeeded',
    results: [{ predictions: [{ tagName: 'apple', probability: 0.9 }] }],
  };
  /** Storage that refuses so many uploads with this code, takes the next and has the document. */
  async function refusing(code: string, times: number) {
    const uploads: number[] = [];
    const server = createServer({
      key: readFileSync(provisioned.certificate.keyPath),
      cert: readFileSync(provisioned.certificate.certificatePath),
    });
    server.on('request', (request, response) => {
      request.resume();
      const refused = request.method === 'PUT' && uploads.length < times;
      const status = refused ? 403 : ({ PUT: 201, DELETE: 202 }[request.method ?? ''] ?? 200);
      const body =
        { 403: `<Error><Code>${code}</Code></Error>`, 200: JSON.stringify(SUCCEEDED) }[status] ?? '';
      if (request.method === 'PUT') uploads.push(status);
      response.writeHead(status, {
        'content-type': 'application/xml',
        'content-length': body.length,
        etag: '"1"',
      });
      response.end(body);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const probe = (own: Record<string, string> = {}) =>
      provisioned.run(['--patience', '20'], {
        IMAGE_BLOB_SERVICE_URI: `https://127.0.0.1:${(server.address() as AddressInfo).port}/account`,
        ...own,
      });
    return {
      probe,
      uploads,
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections();
        await once(server.close(), 'close');
      },
    };
  }

  it('is dropped again until the new role of the operator is seen', async () => {
    provisioned.deployCode();
    await using storage = await refusing('AuthorizationPermissionMismatch', 2);
    const { code, out, err } = await storage.probe();
    expect([code, out, err]).toEqual([0, expect.stringContaining('A probe picture got its document'), '']);
    expect(storage.uploads).toEqual([403, 403, 201]);
  });

  it('is told of at once where the network stands against it', async () => {
    provisioned.deployCode();
    await using storage = await refusing('AuthorizationFailure', 9);
    const { code, err } = await storage.probe();
    expect([code, err]).toEqual([1, expect.stringContaining('so no probe picture was dropped')]);
    expect(storage.uploads).toEqual([403]);
  });

  it('is no fault in a private network, from outside', async () => {
    provisioned.deployCode();
    await using storage = await refusing('AuthorizationFailure', 9);
    const { code, out } = await storage.probe({ NETWORK_ISOLATION: 'true' });
    expect([code, out]).toEqual([0, expect.stringContaining('No probe picture was dropped: ')]);
    expect(out).toContain('from inside the network');
  });
});
