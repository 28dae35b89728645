import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCertificate } from '../../local/certificate.ts';
import { createClosing } from '../../local/closing.ts';
import { drawPicture } from '../../local/drawing/picture.ts';
import { keyless } from '../support/command.ts';
import { documentOf, post, useStack } from '../support/journeys.ts';
import { startProxy, type TestProxy } from '../support/proxy.ts';
import { startTlsFront } from '../support/tlsFront.ts';

const NAME = 'fruit.cognitiveservices.azure.com';
const used = useStack();
const closing = createClosing();
let proxy: TestProxy;
let settings: Record<string, string>;

beforeAll(async () => {
  const stack = used.current;
  const certificate = await createCertificate([NAME]);
  closing.add({ close: certificate.remove });
  proxy = closing.add(await startProxy());
  proxy.hosts = {
    [`${NAME}:443`]: closing.add(await startTlsFront(stack.prediction.url, NAME, certificate)).port,
  };
  const authorities = join(dirname(certificate.authorityPath), 'both.pem');
  const trusted = await Promise.all(
    [certificate, stack.certificate].map(({ authorityPath }) => readFile(authorityPath, 'utf8')),
  );
  await writeFile(authorities, trusted.join('\n'));
  const { fruit } = JSON.parse(stack.settings.VISION_MODELS ?? '') as { fruit: object };
  settings = {
    VISION_MODELS: JSON.stringify({
      fruit: { ...fruit, paths: ['here/**'] },
      far: { ...fruit, endpoint: `https://${NAME}`, paths: ['far/**'] },
    }),
    NODE_EXTRA_CA_CERTS: authorities,
    ALL_PROXY: `http://picker:s3cret@${proxy.host}`,
  };
});
afterAll(() => closing.close());
beforeEach(() => {
  proxy.seen.length = 0;
});

describe('with a proxy in the environment', () => {
  it('the app asks Custom Vision through it, and storage, models and identity endpoint of this machine directly', async () => {
    const host = await used.current.startHost({ settings });
    const { jpeg } = await drawPicture(94_000_001, { size: 128 });
    const answers = await Promise.all(
      ['far', 'fruit'].map((model) => post(host, { body: new Uint8Array(jpeg), model })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await used.current.uploader.drop('here/a.jpg', jpeg);
    expect(await documentOf(used.current, 'here/a.jpg')).toMatchObject({ status: 'succeeded' });
    expect(proxy.seen).toEqual([`CONNECT ${NAME}:443`]);
    expect(proxy.clear.join()).not.toContain(used.current.identity.environment.IDENTITY_HEADER);
    expect(host.logs.filter(({ message }) => /Warning|DEP0\d+/u.test(message))).toEqual([]);
    await host.stop();
  });

  it('a command goes the same ways, and doctor tells them', async () => {
    const { out, err, code } = await keyless(
      used.current,
      ['doctor', '--no-paid-calls', '--verbose'],
      settings,
    ).finished;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`${NAME} through the proxy ${proxy.host}; `);
    expect(out).toMatch(/identity endpoint 127\.0\.0\.1:\d+: direct/u);
    expect(out).not.toMatch(/s3cret|picker/u);
    expect(new Set(proxy.seen)).toEqual(new Set([`CONNECT ${NAME}:443`]));
  });
});
