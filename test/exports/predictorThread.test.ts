import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { loadExport } from '../../src/exports/loadExport.ts';
import { UndecodableImage } from '../../src/exports/predictor.ts';
import { startPredictorThread } from '../../src/exports/predictorThread.ts';

const sample = fileURLToPath(new URL('../../local/samples/fruit-boxes', import.meta.url));
const crashing = new URL('./crashingWorker.ts', import.meta.url);

test('the thread answers exactly what the export answers, many pictures at once', async () => {
  const [direct, thread] = await Promise.all([loadExport(sample), startPredictorThread(sample)]);
  try {
    const { predict: _, close: __, ...about } = direct;
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
  const thread = await startPredictorThread(sample);
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

test('bytes that are no picture reject as UndecodableImage, and the thread goes on', async () => {
  const thread = await startPredictorThread(sample);
  try {
    const refusal = await thread.predict(Buffer.from('no picture')).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UndecodableImage);
    expect(refusal).toMatchObject({
      name: 'UndecodableImage',
      message: expect.stringContaining('10 bytes cannot be read as a picture'),
      cause: expect.any(Error),
    });
    expect((await thread.predict((await drawPicture(41_000_020)).jpeg)).length).toBeGreaterThan(0);
  } finally {
    await thread.close();
  }
});

test('after close() calls reject, those under way and later ones', async () => {
  const thread = await startPredictorThread(sample);
  const { jpeg } = await drawPicture(41_000_030);
  const pending = thread.predict(jpeg);
  const rejected = expect(pending).rejects.toThrow('The predictor is closed');
  await thread.close();
  await rejected;
  await expect(thread.predict(jpeg)).rejects.toThrow('The predictor is closed');
  await thread.close();
});

test('a crash rejects the calls under way and later ones with its cause', async () => {
  const thread = await startPredictorThread(sample, crashing);
  try {
    const calls = [thread.predict(new Uint8Array(1)), thread.predict(new Uint8Array(1))];
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { message: 'The prediction thread crashed: out of memory', cause: expect.any(Error) },
      });
    }
    await sleep(20);
    await expect(thread.predict(new Uint8Array(1))).rejects.toThrow('out of memory');
  } finally {
    await thread.close();
  }
});

test('an export that cannot be used rejects as it does without a thread', async () => {
  const nowhere = fileURLToPath(new URL('./nowhere', import.meta.url));
  await expect(startPredictorThread(nowhere)).rejects.toThrow(/unpacked zip of a Custom Vision ONNX export/);
});
