import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { loadExport } from '../../src/exports/loadExport.ts';
import { elementType, newGraph } from '../../local/onnx/graph.ts';
import { type Fixture, fixedDetector, meanModel, writeFixture } from './writeFixture.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function load(fixture: Fixture) {
  const directory = await writeFixture(fixture);
  closers.push(() => rm(directory, { recursive: true }));
  const predictor = await loadExport(directory);
  closers.push(predictor.close);
  return predictor;
}

const solid = (background: string, width = 8, height = 8) =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
const probabilities = (predictions: { tagName: string; probability: number }[]) =>
  Object.fromEntries(predictions.map(({ tagName, probability }) => [tagName, probability]));
const pixelProps = (order: string, range: string) => ({
  'Image.BitmapPixelFormat': order,
  'Image.NominalPixelRange': range,
});

describe('a classification export', () => {
  test('answers in the words of the service, highest probability first, to eight decimals', async () => {
    const predictor = await load({ model: meanModel(), manifest: { IterationId: 'iteration-1' } });
    expect(predictor).toMatchObject({
      task: 'classify',
      tagNames: ['red', 'green', 'blue'],
      iterationId: 'iteration-1',
    });
    const predictions = await predictor.predict(await solid('rgb(51,255,100)'));
    const tagId = expect.stringMatching(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(predictions).toEqual([
      { probability: 1, tagId, tagName: 'green', tagType: 'Regular' },
      { probability: expect.closeTo(0.39215686, 6), tagId, tagName: 'blue', tagType: 'Regular' },
      { probability: expect.closeTo(0.2, 6), tagId, tagName: 'red', tagType: 'Regular' },
    ]);
    for (const { probability } of predictions) expect(String(probability)).toMatch(/^\d(\.\d{1,8})?$/);
    expect(new Set(predictions.map((one) => one.tagId)).size).toBe(3);
  });

  test.each([
    [pixelProps('Rgb8', 'NominalRange_0_255'), { red: 255, green: 0, blue: 51 }],
    [pixelProps('Bgr8', 'NominalRange_0_255'), { red: 51, green: 0, blue: 255 }],
    [pixelProps('Bgr8', 'Normalized_0_1'), { red: expect.closeTo(0.2, 6), green: 0, blue: 1 }],
  ])('is given pixels as its metadata says: %j', async (metadata, expected) => {
    const predictor = await load({ model: meanModel(metadata) });
    expect(probabilities(await predictor.predict(await solid('rgb(255,0,51)')))).toEqual(expected);
  });

  test('is given the size its own input has', async () => {
    const predictor = await load({ model: meanModel({}, ['None', 3, 5, 11]) });
    expect(probabilities(await predictor.predict(await solid('#fff', 30, 40)))).toEqual({
      red: 1,
      green: 1,
      blue: 1,
    });
  });

  test('looks at the middle square when the export says so', async () => {
    const bars = await sharp(await solid('#f00', 32, 8))
      .composite([{ input: await solid('#00f', 8, 8), left: 12, top: 0 }])
      .png()
      .toBuffer();
    const properties = { 'CustomVision.Preprocess.CropMethod': 'FullImageShorterSide' };
    const cropping = await load({ model: meanModel(), properties });
    expect(probabilities(await cropping.predict(bars))).toEqual({ red: 0, green: 0, blue: 1 });
    const whole = await load({
      model: meanModel(),
      properties: { 'CustomVision.Preprocess.CropMethod': 'NoCrop' },
    });
    expect(probabilities(await whole.predict(bars))).toMatchObject({ red: expect.closeTo(0.75, 1) });
  });

  test.each([
    ['a byte order mark', '\uFEFFred\ngreen\nblue\n'],
    ['Windows line ends', 'red\r\ngreen\r\nblue\r\n'],
    ['no final line end', 'red\ngreen\nblue'],
  ])('reads labels with %s', async (_, labels) => {
    expect((await load({ model: meanModel(), labels })).tagNames).toEqual(['red', 'green', 'blue']);
  });

  test('has a stable iteration id when the manifest names none', async () => {
    const { iterationId } = await load({ model: meanModel() });
    expect(iterationId).toMatch(/^[0-9a-f-]{36}$/);
    expect((await load({ model: meanModel() })).iterationId).toBe(iterationId);
  });
});

describe('a detection export', () => {
  test('answers boxes as fractions, clamped to the picture, without those below 0.01', async () => {
    const predictor = await load({
      model: fixedDetector([
        { sides: [0.25, 0.5, 0.75, 0.625], tag: 2, score: 0.5 },
        { sides: [-0.5, 0.5, 0.25, 1.5], tag: 0, score: 0.75 },
        { sides: [0, 0, 1, 1], tag: 1, score: 0.0099 },
      ]),
    });
    expect(predictor.task).toBe('detect');
    const predictions = await predictor.predict(await solid('#fff'));
    expect(predictions.map(({ tagId: _, ...rest }) => rest)).toEqual([
      {
        ...{ probability: 0.75, tagName: 'red', tagType: 'Regular' },
        boundingBox: { left: 0, top: 0.5, width: 0.25, height: 0.5 },
      },
      {
        ...{ probability: 0.5, tagName: 'blue', tagType: 'Regular' },
        boundingBox: { left: 0.25, top: 0.5, width: 0.5, height: 0.125 },
      },
    ]);
  });

  test('that names a tag without a label is an error, not a nameless prediction', async () => {
    const predictor = await load({ model: fixedDetector([{ sides: [0, 0, 1, 1], tag: 3, score: 0.9 }]) });
    await expect(predictor.predict(await solid('#fff'))).rejects.toThrow(
      'tag number 3, but there are 3 labels',
    );
  });
});

describe('an export that cannot be used is refused with what it has and what is expected', () => {
  test('a raw grid, the detection of plain General (compact)', async () => {
    const graph = newGraph();
    graph.input('data', elementType.float, [1, 3, 32, 32]);
    graph.output('model_outputs0', elementType.float, [1, 3, 4, 4]);
    graph.nodeTo(['model_outputs0'], 'AveragePool', ['data'], { kernel_shape: [8, 8], strides: [8, 8] });
    await expect(load({ model: graph.model() })).rejects.toThrow(
      /not supported yet: the model's outputs are model_outputs0 float32 \[1,3,4,4\]\. Supported are .*S1/,
    );
  });

  test('an input of halves', async () => {
    const graph = newGraph();
    graph.input('data', elementType.half, [1, 3, 8, 8]);
    graph.output('model_output', elementType.half, [1, 3]);
    graph.nodeTo(['model_output'], 'Flatten', [graph.node('GlobalAveragePool', ['data'])], { axis: 1 });
    await expect(load({ model: graph.model() })).rejects.toThrow(
      /"data" is float16 \[1,3,8,8\].*not supported yet/,
    );
  });

  test('a size that is not fixed', async () => {
    await expect(load({ model: meanModel({}, [1, 3, 'h', 'w']) })).rejects.toThrow(
      /"data" is float32 \[1,3,h,w\]/,
    );
  });

  test('labels of another model', async () => {
    await expect(load({ model: meanModel(), labels: 'red\n' })).rejects.toThrow(/1 labels and 3 answers/);
    await expect(load({ model: meanModel(), labels: '\n' })).rejects.toThrow(
      /one tag name per line, but it is empty/,
    );
  });

  test('labels inside the model', async () => {
    await expect(load({ model: meanModel(), manifest: { LabelFileName: null } })).rejects.toThrow(
      /LabelFileName is null/,
    );
  });

  test('a pixel format nobody knows', async () => {
    const model = meanModel(pixelProps('Gray8', 'NominalRange_0_255'));
    await expect(load({ model })).rejects.toThrow(
      'Image.BitmapPixelFormat to be Rgb8 or Bgr8, but it is Gray8',
    );
  });

  test('a file that is no model', async () => {
    await expect(load({ model: Buffer.from('<html>') })).rejects.toThrow(/cannot load .*model\.onnx/);
  });

  test('a manifest that points out of the folder', async () => {
    const manifest = { ModelFileName: '../model.onnx' };
    await expect(load({ model: meanModel(), manifest })).rejects.toThrow(/plain file name/);
  });

  test('a folder that is no export', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'export-'));
    closers.push(() => rm(empty, { recursive: true }));
    await expect(loadExport(empty)).rejects.toThrow(/unpacked zip of a Custom Vision ONNX export/);
  });
});
