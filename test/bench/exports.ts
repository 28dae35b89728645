import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import type { ContainerClient } from '@azure/storage-blob';
import PQueue from 'p-queue';
import sharp from 'sharp';
import { drawPicture } from '../../local/drawing/picture.ts';
import { SAMPLE_MODELS } from '../../local/models.ts';
import { createExports } from '../../src/exports/shelf.ts';
import { createMemory } from '../../src/scoring/admission.ts';
import type { ExportModel } from '../../src/settings/settings.ts';
import { zipOf } from '../support/exportZips.ts';
import { beside, inTurns, middle, sideBySide } from './inTurns.ts';
import { atLeast, atMost, type Row } from './row.ts';

const [PICTURES, ROUNDS, SIDE] = [150, 9, 160];
const AT_A_TIME = 8; // as host.json hands pictures over
const BUDGET = { total: 120_000, attempt: 60_000, firstWait: 100 };

const sample = (file: string) => readFileSync(`${SAMPLE_MODELS['fruit-boxes']}/${file}`);
const model: ExportModel = {
  ...{ name: 'own', export: 'own.zip', task: 'detect', paths: ['**'], threshold: 0.5, tiles: false },
};

/**
 * An export in the app against the bare runtime that decodes and computes the same pictures, in turns: throughput, the
 * delay of the event loop meanwhile, the first picture after the start, and the memory of the model.
 */
export async function measure(): Promise<Row[]> {
  const file = sample('model.onnx');
  const bytes = await zipOf({ 'model.onnx': file, 'labels.txt': sample('labels.txt') });
  const jpegs = await Promise.all(
    Array.from(
      { length: 20 },
      async (_, index) => (await drawPicture(95_000_001 + index, { size: 640 })).jpeg,
    ),
  );
  /** Storage that is always there, as far as it is used. */
  const container = {
    containerName: 'models',
    getBlobClient: () => ({
      getProperties: async () => ({ etag: '"one"', contentLength: bytes.length }),
      download: async () => ({ readableStreamBody: Readable.from([bytes]) }),
    }),
  } as unknown as ContainerClient;

  process.env.ORT_DISABLE_TELEMETRY = '1'; // as the app has it
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(file);
  const [input = ''] = session.inputNames;
  const fetches = session.outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name);
  async function bare(jpeg: Buffer): Promise<void> {
    const raw = await sharp(jpeg).resize(SIDE, SIDE, { fit: 'fill' }).removeAlpha().raw().toBuffer();
    const floats = new Float32Array(raw.length);
    for (let i = 0; i < raw.length; i += 1) floats[(i % 3) * SIDE * SIDE + Math.floor(i / 3)] = raw[i] ?? 0;
    await session.run({ [input]: new Tensor('float32', floats, [1, 3, SIDE, SIDE]) }, fetches);
  }

  const before = process.memoryUsage().rss;
  const exports = createExports(async () => container, createMemory(512 * 1024 * 1024));
  const inApp = async (jpeg: Buffer) => void (await exports.ask(model, { bytes: jpeg }, BUDGET));
  const started = performance.now();
  await inApp(jpegs[0] ?? Buffer.alloc(0));
  const firstMs = performance.now() - started;

  /** Pictures a second. */
  async function rate(one: (jpeg: Buffer) => Promise<void>, atATime: number): Promise<number> {
    const queue = new PQueue({ concurrency: atATime });
    const begun = performance.now();
    await Promise.all(
      Array.from({ length: PICTURES }, (_, i) => queue.add(() => one(jpegs[i % 20] ?? Buffer.alloc(0)))),
    );
    return PICTURES / ((performance.now() - begun) / 1000);
  }
  async function inTheApp() {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const perSecond = await rate(inApp, AT_A_TIME);
    delay.disable();
    return { perSecond, late: delay.percentile(99) / 1e6 };
  }
  const rounds = await inTurns(ROUNDS, {
    app: inTheApp,
    bare: async () => ({ perSecond: await rate(bare, AT_A_TIME), late: 0 }),
  });
  const memory = (process.memoryUsage().rss - before) / 1e6;
  await exports.close();
  await session.release();

  const both = beside(
    rounds,
    ({ app }) => app.perSecond,
    ({ bare: other }) => other.perSecond,
  );
  const late = middle(rounds, ({ app }) => app.late);
  const work = 'an export in the app';
  return [
    {
      ...{ work, against: 'the bare runtime', ratio: both.ratio, ...atLeast(both.ratio, 0.9) },
      result: sideBySide(both, ' the pictures a second'),
    },
    {
      ...{ work: 'the event loop meanwhile', against: '–', result: `p99 ${late.toFixed(1)} ms late` },
      ...{ ...atMost(late, 20), mark: '≤ 20 ms' },
    },
    {
      ...{ work: 'its first picture after the start', against: '–' },
      result: `${firstMs.toFixed(0)} ms; the process grew by ${memory.toFixed(0)} MB with a model of ${(file.length / 1e6).toFixed(1)} MB`,
    },
  ];
}
