import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { type Host, startHost } from '../../local/host/start.ts';
import { LOCAL_FUNCTION_KEY } from '../../local/stack.ts';
import { documentOf, post, useStack } from '../support/journeys.ts';
import { pack } from '../support/packing.ts';
import { unzip } from '../support/zipFiles.ts';

const stack = useStack();
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A host over the unzipped package, in a folder where nothing of the repository is. */
async function startPackage(...args: string[]): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), 'keyless-deployed-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const packed = await pack(args);
  closing.push(packed.remove);
  await unzip(packed.zip, folder);
  const host = await startHost({
    appDirectory: folder,
    settings: stack.current.settings,
    functionKey: LOCAL_FUNCTION_KEY,
    extraCaCertificatePath: stack.current.commandEnvironment.NODE_EXTRA_CA_CERTS ?? '',
    pollIntervalMs: 200,
  });
  closing.push(() => host.stop());
  return host;
}

async function picture(): Promise<{ jpeg: Buffer; webp: Buffer }> {
  const { jpeg } = await drawPicture(95_000_001, { size: 256 });
  return { jpeg, webp: await sharp(jpeg).webp().toBuffer() };
}

describe('the package, unzipped where nothing else is', () => {
  it('scores a dropped picture, and one that sharp has to convert', async () => {
    const host = await startPackage();
    const { jpeg, webp } = await picture();
    await stack.current.uploader.drop('fruit/packed.jpg', jpeg);
    expect(await documentOf(stack.current, 'fruit/packed.jpg')).toMatchObject({ status: 'succeeded' });
    const answer = await post(host, {
      body: new Uint8Array(webp),
      headers: { 'content-type': 'image/webp' },
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ status: 'succeeded', image: { contentType: 'image/webp' } });
  });

  it('without sharp starts, scores what needs no change, and says what is missing for the rest', async () => {
    const host = await startPackage('--without-sharp');
    const { jpeg, webp } = await picture();
    expect((await post(host, { body: new Uint8Array(jpeg) })).status).toBe(200);
    const answer = await post(host, { body: new Uint8Array(webp) });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      code: 'ConverterMissing',
      fix: expect.stringContaining('sharp'),
    });
  });
});
