import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { KeylessError } from '../../src/errors/errors.ts';
import type { Prepared } from '../../src/exports/prepare.ts';
import { startExportThread } from '../../src/exports/thread.ts';
import { loadHere } from './loadHere.ts';

const sample = fileURLToPath(new URL('../../local/samples/fruit-boxes', import.meta.url));
const fruit = fileURLToPath(new URL('../../local/samples/fruit', import.meta.url));
const source = { path: sample };
const pixel = (): Prepared => ({
  ...{ data: new Uint8Array(3), channels: 3, size: { width: 1, height: 1 } },
  shown: { left: 0, top: 0, width: 1, height: 1 },
});
const crashing = new URL('./crashingWorker.ts', import.meta.url);

test('the thread answers exactly what the export answers, many pictures at once', async () => {
  const [direct, thread] = await Promise.all([loadHere(source), startExportThread(source)]);
  try {
    const { predict: _, score: __, close: ___, ...about } = direct;
    expect(thread).toMatchObject(about);
    const seeds = [41_000_001, 41_000_002, 41_000_003, 41_000_004];
    const pictures = await Promise.all(seeds.map((seed) => drawPicture(seed, { count: 3, size: 320 })));
    const answers = await Promise.all(pictures.map(({ jpeg }) => thread.predict(jpeg)));
    for (const [i, { jpeg }] of pictures.entries()) {
      expect(jpeg.length).toBeGreaterThan(0);
      expect(answers[i]).toEqual(await direct.predict(jpeg));
    }
  } finally {
    await Promise.all([direct.close(), thread.close()]);
  }
});

test('the event loop keeps ticking while the thread works', async () => {
  const thread = await startExportThread(source);
  try {
    const { jpeg } = await drawPicture(41_000_010, { count: 4, size: 1200 });
    await thread.predict(jpeg);
    const pauses: number[] = [];
    let last = performance.now();
    const timer = setInterval(() => {
      pauses.push(performance.now() - last);
      last = performance.now();
    }, 1);
    const begun = performance.now();
    await Promise.all(Array.from({ length: 40 }, () => thread.predict(jpeg)));
    const worked = performance.now() - begun;
    clearInterval(timer);
    expect(pauses.length).toBeGreaterThan(20);
    expect(Math.max(...pauses)).toBeLessThan(worked / 2);
  } finally {
    await thread.close();
  }
});

test('bytes that are no picture reject as the fault of the picture they are, and the thread goes on', async () => {
  const thread = await startExportThread(source);
  try {
    const refusal = await thread.predict(Buffer.from('no picture')).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(KeylessError);
    expect(refusal).toMatchObject({ code: 'ImageTypeUnsupported', fix: expect.stringContaining('JPEG') });
    expect((await thread.predict((await drawPicture(41_000_020)).jpeg)).length).toBeGreaterThan(0);
  } finally {
    await thread.close();
  }
});

test('the memory of the model is asked for before it is taken', async () => {
  const asked: number[] = [];
  const thread = await startExportThread(source, async (bytes) => void asked.push(bytes));
  try {
    expect(asked).toEqual([expect.any(Number)]);
    expect(asked[0]).toBeGreaterThan(1_000_000);
  } finally {
    await thread.close();
  }
});

test('where there is no memory for the model, it is not loaded, and the thread ends', async () => {
  const refuse = () => Promise.reject(new KeylessError('ExportTooLarge', 'Too large.'));
  await expect(startExportThread(source, refuse)).rejects.toMatchObject({ code: 'ExportTooLarge' });
});

test('bytes in memory are taken over, and read as a file is', async () => {
  const bytes = new Uint8Array(await readFile(`${fruit}/model.onnx`));
  const loading = startExportThread({ name: 'fruit.onnx', bytes });
  await expect(loading).rejects.toMatchObject({
    code: 'ExportInvalid',
    message: expect.stringMatching(/no labels/u),
  });
  expect(bytes.length).toBe(0);
});

test('after close() calls reject, those under way and later ones', async () => {
  const thread = await startExportThread(source);
  const { jpeg } = await drawPicture(41_000_030);
  const pending = thread.predict(jpeg);
  const rejected = expect(pending).rejects.toThrow('it was closed');
  await thread.close();
  await rejected;
  await expect(thread.predict(jpeg)).rejects.toThrow('it was closed');
  await thread.close();
});

test('a crash rejects the calls under way and later ones with its cause', async () => {
  const thread = await startExportThread(source, undefined, crashing);
  try {
    const calls = [thread.score(pixel()), thread.score(pixel())];
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'ExportCrashed', message: expect.stringContaining('it crashed: out of memory') },
      });
    }
    await sleep(20);
    await expect(thread.score(pixel())).rejects.toThrow('out of memory');
  } finally {
    await thread.close();
  }
});

test('an export that cannot be used rejects as it does without a thread', async () => {
  const path = fileURLToPath(new URL('./nowhere', import.meta.url));
  await expect(startExportThread({ path })).rejects.toMatchObject({
    code: 'ExportInvalid',
    message: expect.stringMatching(/nowhere cannot be read \(ENOENT\)/u),
  });
});

test('the runtime tells its maker nothing, and leaves no file', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'keyless-runtime-'));
  const script = `import('./src/exports/thread.ts')
    .then(({ startExportThread }) => startExportThread({ path: ${JSON.stringify(fruit)} }))
    .then((thread) => thread.close())`;
  try {
    await promisify(execFile)(process.execPath, ['--eval', script], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      // nothing of where tests run, which the runtime takes for a wish to tell nothing
      env: { PATH: process.env.PATH, HOME: temporary, TMPDIR: temporary },
    });
    // what it tells waits there: https://github.com/microsoft/onnxruntime/pull/27379
    expect(await readdir(temporary, { recursive: true })).toEqual([]);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
});
