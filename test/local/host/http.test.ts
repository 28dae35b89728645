import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClosing } from '../../../local/closing.ts';
import { type Host, startHost } from '../../../local/host/start.ts';
import { createApp, runApp } from './apps.ts';

const closing = createClosing();
let host: Host;

beforeAll(async () => {
  const app = closing.add(await createApp({ fixture: 'web.cjs' }));
  host = await startHost({
    appDirectory: app.directory,
    settings: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000' },
    functionKey: 'open-sesame',
  });
  closing.add({ close: host.stop });
});
afterAll(closing.close);

const call = (path: string, init: RequestInit = {}) => fetch(host.url + path, init);

describe('routes', () => {
  it.for([
    ['GET', '/api/items/5', 200, 'number'],
    ['GET', '/api/items/five', 200, 'word'],
    ['GET', '/api/items/latest', 200, 'literal'],
    ['GET', '/API/Items/Latest/', 200, 'literal'],
    ['DELETE', '/api/items/5', 200, 'deleted'],
    ['PUT', '/api/items/5', 404, ''],
    ['GET', '/api/items', 404, ''],
    ['GET', '/api/items/5/6', 404, ''],
    ['GET', '/items/5', 404, ''],
    ['GET', '/', 404, ''],
  ] as const)('%s %s answers %i "%s"', async ([method, path, status, body]) => {
    const answer = await call(path, { method });
    expect([answer.status, await answer.text()]).toEqual([status, body]);
  });

  it.for([
    ['/api/echo', {}],
    ['/api/echo/fruit', { model: 'fruit' }],
    ['/api/echo/two%20words', { model: 'two words' }],
  ] as const)('reads the optional parameter of %s', async ([path, params]) => {
    expect(await (await call(path)).json()).toMatchObject({ params });
  });

  it('gives the rest of the path to a catch-all parameter, and leaves %2F as it is', async () => {
    expect(await (await call('/api/files/a/b%20c/d%2Fe.jpg')).json()).toEqual({ name: 'a/b c/d%2Fe.jpg' });
  });

  /** By hand, since fetch makes addresses tidy before it sends them. */
  const told = (path: string) =>
    new Promise<{ status: number; json?: Record<string, string> }>((resolve, reject) => {
      const sent = request(host.url, { path: `/api/told/${path}` }, (answer) => {
        text(answer).then(
          (body) => resolve({ status: answer.statusCode ?? 0, ...(body && { json: JSON.parse(body) }) }),
          reject,
        );
      });
      sent.on('error', reject).end();
    });

  it.for([
    ['a%20b', 'a b', 'a%20b'],
    ['a%2Fb', 'a%2Fb', 'a%2Fb'],
    ['a%252Fb', 'a%2Fb', 'a%2Fb'],
    ['50%2541', '50%41', '50%41'],
    ['100%25', '100%', '100%25'],
    ['%zz%ff%c3%a4', '%zz%ffä', '%25zz%ff%C3%A4'],
    ['a+b', 'a+b', 'a+b'],
    ['a//b/', 'a//b/', 'a//b/'],
    ['a%5Cb', 'a\\b', 'a%5Cb'],
    ['a/../b', 'b', 'b'],
    ['a/%2e%2E/b', 'b', 'b'],
    ['a#b%3F', 'a#b?', 'a%23b%3F'],
  ] as const)('decodes %s once, but for a slash, and tells it as it was sent', async ([sent, name, path]) => {
    const { json } = await told(sent);
    expect(json).toMatchObject({ name, sent: `/api/told/${sent}` });
    // the library reads the address that the host made of it, and tidies that once more
    expect(new URL(json?.path ?? '', 'http://a').href).toBe(new URL(`/api/told/${path}`, 'http://a').href);
  });

  it.for([
    ['/a', 404],
    ['a%00b', 400],
    ['x'.repeat(8_200), 414],
  ] as const)('refuses %# as the real host does', async ([sent, status]) => {
    expect((await told(sent)).status).toBe(status);
  });

  it.for([
    ['above 32 KiB', { 'x-long': 'x'.repeat(33_000) }],
    ['more than 100', Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`x-${index}`, '1']))],
  ] as const)('refuses headers of %s with 431', async ([, headers]) => {
    expect((await call('/api/echo', { headers })).status).toBe(431);
    expect((await call('/api/echo', { headers: { 'x-long': 'x'.repeat(30_000) } })).status).toBe(200);
  });

  it('begins routes with the prefix of host.json, which may be empty', async () => {
    const bare = await runApp({
      fixture: 'web.cjs',
      hostJson: { extensions: { http: { routePrefix: '' } } },
    });
    expect((await fetch(`${bare.url}/items/5`)).status).toBe(200);
    expect((await fetch(`${bare.url}/api/items/5`)).status).toBe(404);
  });
});

describe('keys', () => {
  it.for([
    ['no key', '/api/withKey', {}, 401],
    ['a wrong key', '/api/withKey?code=wrong', {}, 401],
    ['the key as code', '/api/withKey?code=open-sesame', {}, 200],
    ['the key as header', '/api/withKey', { 'x-functions-key': 'open-sesame' }, 200],
    ['no key, of an anonymous function', '/api/withoutKey', {}, 200],
  ] as const)('with %s', async ([, path, headers, status]) => {
    const answer = await call(path, { headers });
    expect([answer.status, await answer.text()]).toEqual([status, status === 200 ? 'in' : '']);
  });
});

describe('requests', () => {
  it('hands over bytes, query and lower-case headers', async () => {
    const answer = await call('/api/echo?top=1&top=2', {
      method: 'POST',
      body: Buffer.from([0, 255, 216]),
      headers: { 'X-Sample': 'Yes' },
    });
    const expected = { method: 'POST', query: { top: '1,2' }, header: 'Yes', body: '00ffd8' };
    expect(await answer.json()).toMatchObject(expected);
  });

  it('hands over an empty body when it comes chunked, as the real host does', async () => {
    const body = new Blob(['abc']).stream();
    const answer = await call('/api/echo', { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(await answer.json()).toMatchObject({ body: '' });
  });

  it('refuses a body above the limit with 413 before it reads it', async () => {
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${host.url}/api/echo`, { method: 'POST', headers: { 'content-length': 1001 } });
      sent.on('response', (answer) => resolve(answer.statusCode)).on('error', reject);
      sent.flushHeaders();
    });
    expect(status).toBe(413);
    expect((await call('/api/echo', { method: 'POST', body: 'x'.repeat(1000) })).status).toBe(200);
  });
});

describe('answers', () => {
  it.for([
    ['no function takes', 'POST', '/api/nowhere', 404],
    ['comes without a key', 'GET', '/api/withKey', 401],
    ['is too large', 'POST', '/api/echo', 413],
    ['goes to a path beyond ASCII', 'POST', '/api/echo/\xff', 400],
    ['goes to a path that nobody can read', 'POST', '/api/echo/%00', 400],
  ] as const)(
    'arrive when the body %s is still being sent, and the client wants the connection closed',
    async ([, method, path, status]) => {
      const body = Buffer.alloc(4_000_000);
      const statuses = await Promise.all(
        Array.from({ length: 10 }, async () => {
          const sent = request(host.url, {
            ...{ method, path, agent: false },
            headers: { 'content-length': body.length },
          }).end(body);
          const [answer] = (await once(sent, 'response')) as [IncomingMessage];
          await finished(answer.resume());
          return answer.statusCode;
        }),
      );
      expect(statuses).toEqual(Array(10).fill(status));
    },
  );

  it.for([
    ['nothing', 200],
    ['throws', 500],
    ['badStatus', 500],
    ['noContent', 204],
  ] as const)('of the function "%s" are %i and empty', async ([name, status]) => {
    const answer = await call(`/api/${name}`);
    expect([answer.status, await answer.text()]).toEqual([status, '']);
  });

  it('log what a function threw', async () => {
    await call('/api/throws');
    const message = expect.stringMatching(/^Executed Functions\.throws \(failed, \d+ ms\): on purpose$/);
    expect(host.logs).toContainEqual(
      expect.objectContaining({ level: 'error', functionName: 'throws', message }),
    );
  });

  it('have status, headers, cookies and body', async () => {
    const answer = await call('/api/cookies');
    expect([answer.status, await answer.text()]).toEqual([201, 'made']);
    expect(answer.headers.get('content-type')).toBe('text/plain');
    expect(answer.headers.getSetCookie()).toEqual([
      'one=1; Max-Age=60; SameSite=Strict; HttpOnly',
      'two=a%20b; Path=/',
    ]);
  });

  it('have no body for HEAD, and the headers of GET', async () => {
    const answer = await call('/api/head', { method: 'HEAD' });
    expect([answer.status, answer.headers.get('x-answer'), await answer.text()]).toEqual([200, 'yes', '']);
    const names = async (of: Response) => [...of.headers.keys()];
    expect(await names(answer)).toEqual(await names(await call('/api/head')));
  });

  it('come on one connection, one after the other', async () => {
    const { Agent } = await import('node:http');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (const path of ['/api/nothing', '/api/withKey', '/api/none', '/api/items/5']) {
      await new Promise((resolve, reject) => {
        const sent = request(host.url + path, { agent }, (answer) => {
          ports.add(answer.socket.localPort);
          text(answer).then(resolve, reject);
        });
        sent.on('error', reject).end();
      });
    }
    agent.destroy();
    expect(ports.size).toBe(1);
  });
});

it('shows the app none of the options of this host', async () => {
  expect(await (await call('/api/environment')).json()).toEqual([]);
});
