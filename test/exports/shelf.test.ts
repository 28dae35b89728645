import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExports, type Exports } from '../../src/exports/shelf.ts';
import type { Budget } from '../../src/prediction.ts';
import { createMemory } from '../../src/scoring/admission.ts';
import type { ExportModel } from '../../src/settings/settings.ts';
import { modelsKey } from '../../src/storage/mark.ts';
import { bitmap } from '../pictures/files.ts';
import { startTestStorage, type TestStorage } from '../support/azurite.ts';
import { zipOf } from '../support/exportZips.ts';
import { rejection } from '../support/secrets.ts';
import { meanModel, pixelProps } from './twins.ts';

const MIB = 1024 * 1024;
const BUDGET: Budget = { total: 20_000, attempt: 10_000, firstWait: 100 };
const image = { bytes: bitmap(40, 30) };

let storage: TestStorage;
let container: ContainerClient;
const opened: Exports[] = [];
beforeAll(async () => {
  storage = await startTestStorage();
  container = BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient('models');
  await container.create();
});
afterAll(async () => {
  await Promise.all(opened.map((each) => each.close()));
  await storage?.close();
});

const open = (memory = createMemory(512 * MIB)): Exports & { memory: typeof memory } => {
  const exports = createExports(async () => container, memory);
  opened.push(exports);
  return { ...exports, memory };
};
const model = (name: string, own: Partial<ExportModel> = {}): ExportModel => ({
  ...{ name: 'own', export: name, task: 'classify', paths: ['**'], threshold: 0.5, tiles: false },
  ...own,
});
const exportOf = (iteration: string, bytes: Uint8Array = meanModel({ metadata: pixelProps() })) =>
  zipOf({
    ...{ 'model.onnx': bytes, 'labels.txt': 'red\ngreen\nblue\n' },
    'cvexport.manifest': JSON.stringify({ IterationId: iteration }),
  });
const put = async (name: string, bytes: Uint8Array) => {
  await container.getBlockBlobClient(name).uploadData(Buffer.from(bytes));
};
const seen = () => new Promise((resolve) => setTimeout(resolve, 2_050));

describe('the exports of a process', () => {
  it('are loaded once, however many pictures come at once, and answer with what they are', async () => {
    await put('once.zip', await exportOf('one'));
    const { ask, memory } = open();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => ask(model('once.zip'), image, BUDGET)),
    );
    for (const { value, attempts } of answers) {
      expect(attempts).toBe(1);
      expect(value).toMatchObject({ iteration: 'one', export: { name: 'once.zip', iteration: 'one' } });
      expect(value.predictions).toHaveLength(3);
    }
    expect(memory.used).toBe(0);
  });

  it('tell once, when they are loaded, what was decided for what they do not say', async () => {
    const { 'Image.NominalPixelRange': _, ...silent } = pixelProps();
    await put('silent.zip', await exportOf('one', meanModel({ metadata: silent, times: 1 / 255 })));
    const warnings: string[] = [];
    const listen = ({ name, message }: Error) => warnings.push(`${name}: ${message}`);
    process.on('warning', listen);
    const { ask } = open();
    for (let asked = 0; asked < 2; asked += 1) await ask(model('silent.zip'), image, BUDGET);
    await new Promise(setImmediate);
    process.off('warning', listen);
    expect(warnings).toEqual([expect.stringMatching(/^KeylessVisionNotice: silent\.zip: .*range/iu)]);
  });

  it('are another model once another is uploaded, which answers without a restart; the old one’s memory is free', async () => {
    await put('changing.zip', await exportOf('one'));
    // there is room for one of them, not for two
    const { ask, current } = open(createMemory(100 * MIB));
    const [before] = await current([model('changing.zip')]);
    expect((await ask(before as ExportModel, image, BUDGET)).value.iteration).toBe('one');
    expect(await current([model('changing.zip')])).toMatchObject([{ sha256: expect.any(String) }]);
    await put('changing.zip', await exportOf('two'));
    await seen();
    const [after] = await current([model('changing.zip')]);
    expect(modelsKey([after as ExportModel])).not.toBe(modelsKey([before as ExportModel]));
    const late = await rejection(ask(before as ExportModel, image, BUDGET));
    expect(late).toMatchObject({ code: 'ExportChanged', transient: true });
    expect((await ask(after as ExportModel, image, BUDGET)).value.iteration).toBe('two');
  });

  it('that are broken are read once, and again when they are replaced', async () => {
    await put('broken.zip', Buffer.from('no export'));
    const { ask } = open();
    const [first, second] = [
      await rejection(ask(model('broken.zip'), image, BUDGET)),
      await rejection(ask(model('broken.zip'), image, BUDGET)),
    ];
    expect(first).toMatchObject({ code: 'ExportInvalid', message: expect.stringMatching(/^broken\.zip: /u) });
    expect(second).toBe(first);
    await put('broken.zip', await exportOf('mended'));
    await seen();
    expect((await ask(model('broken.zip'), image, BUDGET)).value.iteration).toBe('mended');
  });

  it('that are not there, of another task, or asked about a url are faults of their own', async () => {
    await put('task.zip', await exportOf('one'));
    const { ask, current } = open();
    expect(await current([model('absent.zip')])).toMatchObject([{ version: 'none' }]);
    const codes = [
      [model('absent.zip'), image],
      [model('task.zip', { task: 'detect' }), image],
      [model('task.zip'), { url: 'https://example.com/a.jpg' }],
    ] as const;
    const faults = await Promise.all(codes.map(([asked, what]) => rejection(ask(asked, what, BUDGET))));
    expect(faults).toMatchObject([
      { code: 'ExportMissing', message: 'absent.zip is not in models.', transient: false },
      { code: 'TaskMismatch', fix: 'Set the task of model own to classify.' },
      { code: 'ImageUrlRefused' },
    ]);
  });

  it('ask for the memory of a picture before it is decoded, and give it back before the model answers', async () => {
    await put('held.zip', await exportOf('held'));
    const memory = createMemory(512 * MIB);
    const events: string[] = [];
    const watched: typeof memory = {
      ...memory,
      hold: (bytes, patience, work) =>
        memory
          .hold(bytes, patience, ({ grow }) =>
            work({
              grow: async (more) => {
                events.push(more > 1_000_000 ? 'asked' : `asked for ${more}`);
                await grow(more);
              },
            }),
          )
          .finally(() => events.push('free again')),
    };
    await open(watched)
      .ask(model('held.zip'), image, BUDGET)
      .then(() => events.push('answered'));
    expect(events).toEqual(['asked', 'free again', 'answered']);
  });

  it('that take more memory than there is are refused for good, and take none', async () => {
    await put('large.zip', await exportOf('one', Buffer.concat([meanModel(), Buffer.alloc(40 * MIB)])));
    const { ask, memory } = open(createMemory(64 * MIB));
    const fault = await rejection(ask(model('large.zip'), image, BUDGET));
    expect(fault).toMatchObject({ code: 'ExportTooLarge', message: expect.stringMatching(/takes 193 MiB/u) });
    await memory.hold(16 * MIB, { longestWaitMs: 100 }, async ({ grow }) => grow(48 * MIB));
  });

  it('give up a picture when its caller does, and answer the next', async () => {
    await put('patient.zip', await exportOf('one'));
    const { ask } = open();
    const signal = AbortSignal.abort();
    expect(await rejection(ask(model('patient.zip'), image, BUDGET, { signal }))).toMatchObject({
      ...{ code: 'ExportTimeout', transient: true },
    });
    expect((await ask(model('patient.zip'), image, BUDGET)).value.iteration).toBe('one');
  });

  it('refuse a picture that is none by its own code', async () => {
    await put('own.zip', await exportOf('one'));
    const { ask, memory } = open();
    const fault = await rejection(ask(model('own.zip'), { bytes: Buffer.from('no picture') }, BUDGET));
    expect(fault).toMatchObject({ code: 'ImageTypeUnsupported', transient: false });
    expect(memory.used).toBe(0);
  });
});
