import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_MODELS } from '../../local/models.ts';
import { meanModel, pixelProps, zipMapModel } from '../exports/twins.ts';
import { NO_SETTINGS } from '../support/command.ts';
import { sampleZip } from '../support/exportZips.ts';
import { keylessHere } from '../support/inProcess.ts';
import { type Account, jsonLines, startAccount } from './account.ts';

const PICTURES = 'local/samples/pictures';
const FRUIT = SAMPLE_MODELS.fruit ?? '';

let account: Account;
let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  account = await startAccount();
  folder = mkdtempSync(join(tmpdir(), 'exports-'));
  cpSync(FRUIT, at('unpacked'), { recursive: true });
  writeFileSync(at('fruit.zip'), await sampleZip('fruit'));
  writeFileSync(at('old.onnx'), zipMapModel({ 'Image.BitmapPixelFormat': 'Bgr8' }, ['blue', 'green', 'red']));
  writeFileSync(at('labels.txt'), 'red\ngreen\nblue\n');
  // wants fractions, and answers so little of them that all pictures are alike
  writeFileSync(at('same.onnx'), zipMapModel({ ...pixelProps('Rgb8', 'Normalized_0_1') }, ['a', 'b', 'c']));
  writeFileSync(at('model.onnx'), meanModel());
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await account?.close();
});

const keyless = (args: string[], own: Record<string, string> = {}) => keylessHere(args, own);
const withModels = (models: object) => ({ ...account.environment, VISION_MODELS: JSON.stringify(models) });

describe('keyless predict --export', () => {
  it.each(['unpacked', 'fruit.zip'])('scores pictures by %s, without any settings', async (name) => {
    const { code, out, err } = await keyless([
      'predict',
      '--export',
      at(name),
      `${PICTURES}/apple.jpg`,
      '--json',
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(jsonLines(out)).toMatchObject([
      {
        status: 'succeeded',
        results: [
          {
            export: { name, sha256: expect.stringMatching(/^[0-9a-f]{64}$/u) },
            accepted: [{ tagName: 'apple' }],
          },
        ],
      },
    ]);
  });

  it('tells first what the export does not, and was decided by rule', async () => {
    const { code, out, err } = await keyless([
      'predict',
      '--export',
      at('old.onnx'),
      `${PICTURES}/apple.jpg`,
    ]);
    expect(code).toBe(0);
    expect(err).toMatch(/does not tell Image\.NominalPixelRange: 0\.\.255 is taken/u);
    expect(out).toMatch(/apple\.jpg/u);
  });

  it('warns where all pictures get the same answer', async () => {
    const apple = sharp(`${PICTURES}/apple.jpg`);
    writeFileSync(at('second.jpg'), await apple.clone().flop().jpeg().toBuffer());
    writeFileSync(at('third.jpg'), await apple.clone().flip().jpeg().toBuffer());
    const pictures = [`${PICTURES}/apple.jpg`, at('second.jpg'), at('third.jpg')];
    const { err } = await keyless(['predict', '--export', at('same.onnx'), ...pictures]);
    expect(err).toMatch(/Warning: All 3 pictures get the same answer.*wrong range or order/u);
  });

  it.each([
    ['nowhere.zip', /ExportInvalid: .*nowhere\.zip cannot be read \(ENOENT\)/u],
    ['labels.txt', /ExportInvalid: .*no ONNX file/u],
  ])('refuses %s as wrong use', async (name, words) => {
    const { code, err } = await keyless(['predict', '--export', at(name), `${PICTURES}/apple.jpg`]);
    expect(code).toBe(2);
    expect(err).toMatch(words);
  });
});

describe('keyless models upload', () => {
  it.each([
    ['unpacked', 'pears.zip'],
    ['fruit.zip', 'pears.zip'],
    ['old.onnx', 'pears.onnx'],
  ])('tries %s, puts it into the container as %s, and prints the setting', async (name, blob) => {
    const args = ['models', 'upload', at(name), '--name', 'pears', '--json'];
    const { code, out } = await keyless(args, account.environment);
    expect(code).toBe(0);
    const [told] = jsonLines(out);
    expect(told).toMatchObject({
      ...{ name: 'pears', container: 'models', export: blob, task: 'classify' },
      setting: { VISION_MODELS: { fruit: {}, boxes: {}, pears: { export: blob, task: 'classify' } } },
    });
    const models = withModels({ pears: { export: blob, task: 'classify' } });
    const scored = await keyless(['predict', `${PICTURES}/apple.jpg`, '--json'], models);
    expect(jsonLines(scored.out)).toMatchObject([
      { results: [{ export: { name: blob, sha256: told?.sha256 } }] },
    ]);
  });

  it('needs no models in the settings yet, and says how to set this one', async () => {
    const { VISION_MODELS: _, ...environment } = account.environment;
    const { code, out } = await keyless(
      ['models', 'upload', at('fruit.zip'), '--name', 'pears'],
      environment,
    );
    expect(code).toBe(0);
    expect(out).toMatch(/models\/pears\.zip: classifier of 5 tags/u);
    expect(out).toContain(
      `func settings add VISION_MODELS '{"pears":{"export":"pears.zip","task":"classify"}}'`,
    );
  });

  it('need not have put it there: one that arrived by the storage integration is named as it is', async () => {
    const name = '6d0a4c1f-7e11-4a0b-9a3b-2f4e0f0c1a52 - 3c2b1a09-8f7e-4d6c-8b5a-493827160504.ONNX';
    const service = BlobServiceClient.fromConnectionString(account.storage.connectionString);
    const container = service.getContainerClient('models');
    await container.createIfNotExists();
    await container.getBlockBlobClient(name).uploadFile(at('fruit.zip'));
    const models = withModels({ pears: { export: name, task: 'classify' } });
    const { out } = await keyless(['predict', `${PICTURES}/apple.jpg`, '--json'], models);
    expect(jsonLines(out)).toMatchObject([{ status: 'succeeded', results: [{ export: { name } }] }]);
  });

  it('uploads nothing that cannot be read, nor under a name that no model may have', async () => {
    const broken = await keyless(
      ['models', 'upload', at('labels.txt'), '--name', 'broken'],
      account.environment,
    );
    expect(broken).toMatchObject({ code: 2, err: expect.stringMatching(/ExportInvalid/u) });
    const named = await keyless(['models', 'upload', at('fruit.zip'), '--name', 'a/b'], account.environment);
    expect(named).toMatchObject({ code: 2, err: expect.stringMatching(/a name of letters/u) });
  });
});

describe('keyless compare', () => {
  it('takes a file, and a model of the settings that is an export: the same one says the same', async () => {
    await keyless(['models', 'upload', at('fruit.zip'), '--name', 'pears'], account.environment);
    const models = withModels({ pears: { export: 'pears.zip', task: 'classify' } });
    const args = ['compare', 'pears', at('unpacked'), PICTURES, '--json'];
    const { code, out } = await keyless(args, models);
    expect({ code, summary: JSON.parse(out).summary }).toMatchObject({
      code: 0,
      summary: { agreed: 2, changed: 0 },
    });
  });
});

describe('keyless doctor', () => {
  it('follows the chain to exports: the one that is there, the one that is not, and the one of another task', async () => {
    await keyless(['models', 'upload', at('fruit.zip'), '--name', 'there'], account.environment);
    const models = withModels({
      there: { export: 'there.zip', task: 'classify', paths: ['a/**'] },
      absent: { export: 'absent.zip', task: 'classify', paths: ['b/**'] },
      other: { export: 'there.zip', task: 'detect', paths: ['c/**'] },
    });
    const { out } = await keyless(['--settings', NO_SETTINGS, 'doctor', '--json'], models);
    const { checks: results } = JSON.parse(out) as {
      checks: { id: string; status: string; finding: string; command?: string }[];
    };
    const of = (id: string) => results.find((result) => result.id === `export:${id}`);
    expect(of('there')).toMatchObject({
      status: 'ok',
      finding: expect.stringMatching(/there\.zip: classifier, \d+ ms/u),
    });
    expect(of('absent')).toMatchObject({
      ...{ status: 'fault', command: 'npm run keyless -- models upload <export> --name absent' },
    });
    expect(of('other')).toMatchObject({
      status: 'fault',
      finding: 'other is to detect, but there.zip is a classifier.',
    });
    expect(results.filter(({ id }) => /^(endpoint|access|model|prediction|iteration):/u.test(id))).toEqual(
      [],
    );
  });
});
