import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { elementType, newGraph } from '../../local/onnx/graph.ts';
import { loadHere } from './loadHere.ts';
import { fixedDetector, meanModel, pixelProps, sizeModel, zipMapModel } from './twins.ts';
import { type Fixture, writeFixture } from './writeFixture.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function folder(fixture: Fixture): Promise<string> {
  const directory = await writeFixture(fixture);
  closers.push(() => rm(directory, { recursive: true }));
  return directory;
}
async function load(fixture: Fixture) {
  const loaded = await loadHere({ path: await folder(fixture) });
  closers.push(loaded.close);
  return loaded;
}

const solid = (background: string, width = 8, height = 8) =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
const probabilities = (predictions: { tagName: string; probability: number }[]) =>
  Object.fromEntries(predictions.map(({ tagName, probability }) => [tagName, probability]));
const near = (value: number) => expect.closeTo(value, 3);
const PREPROCESS = 'CustomVision.Preprocess';

describe('a classification export', () => {
  test('answers in the words of the service, highest probability first, to eight decimals', async () => {
    const loaded = await load({ model: meanModel(), manifest: { IterationId: 'iteration-1' } });
    expect(loaded).toMatchObject({
      ...{ task: 'classify', tagNames: ['red', 'green', 'blue'], iterationId: 'iteration-1', notices: [] },
    });
    const predictions = await loaded.predict(await solid('rgb(51,255,100)'));
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
    [pixelProps('Rgb8', 'NominalRange_0_255'), 1 / 255, { red: 1, green: 0, blue: near(0.2) }],
    [pixelProps('Bgr8', 'NominalRange_0_255'), 1 / 255, { red: near(0.2), green: 0, blue: 1 }],
    [pixelProps('Bgr8', 'Normalized_0_1'), 1, { red: near(0.2), green: 0, blue: 1 }],
    // told by nobody: as exports of this kind want it
    [{}, 1 / 255, { red: near(0.2), green: 0, blue: 1 }],
  ])('is given pixels as its metadata says, or by rule: %j', async (metadata, times, expected) => {
    const loaded = await load({ model: meanModel({ metadata, times }) });
    expect(probabilities(await loaded.predict(await solid('rgb(255,0,51)')))).toEqual(expected);
    expect(loaded.notices).toHaveLength('Image.BitmapPixelFormat' in metadata ? 0 : 2);
  });

  test('believes the file beside a model that is silent, and the model where both speak, which is told', async () => {
    const properties = pixelProps('Rgb8', 'Normalized_0_1');
    const silent = await load({ model: meanModel({ metadata: {} }), properties });
    expect(probabilities(await silent.predict(await solid('rgb(255,0,51)')))).toMatchObject({ red: 1 });
    expect(silent.notices).toEqual([]);
    const both = await load({ model: meanModel({ metadata: pixelProps('Bgr8') }), properties });
    expect(probabilities(await both.predict(await solid('rgb(255,0,51)')))).toMatchObject({ blue: 1 });
    expect(both.notices).toEqual([expect.stringMatching(/BitmapPixelFormat is Bgr8 in the model and Rgb8/u)]);
  });

  test('gets mean and deviation of the metadata taken off', async () => {
    const properties = {
      [`${PREPROCESS}.NormalizeMean`]: '[0.1, 0.2, 0.0]',
      [`${PREPROCESS}.NormalizeStd`]: '[1.0, 2.0, 4.0]',
    };
    const loaded = await load({ model: meanModel(), properties });
    const expected = { red: near(0.6 - 0.1), green: near((1 - 0.2) / 2), blue: near(0.2 / 4) };
    expect(probabilities(await loaded.predict(await solid('rgb(153,255,51)')))).toEqual(expected);
  });

  test('is given the size its own input has, or the one that the metadata tell, 224.0 as well', async () => {
    const own = await load({ model: meanModel({ shape: ['None', 3, 5, 11] }) });
    expect(probabilities(await own.predict(await solid('#fff', 30, 40)))).toEqual({
      red: 1,
      green: 1,
      blue: 1,
    });
    const several = await load({ model: meanModel({ shape: [4, 3, 8, 8] }) });
    expect(probabilities(await several.predict(await solid('#f00')))).toEqual({ red: 1, green: 0, blue: 0 });
    const properties = {
      ...{ [`${PREPROCESS}.TargetWidth`]: '224.0', [`${PREPROCESS}.TargetHeight`]: '96.0' },
      [`${PREPROCESS}.ResizeMethod`]: 'Stretch',
    };
    const told = await load({ model: sizeModel(), labels: 'height\nwidth\n', properties });
    expect(probabilities(await told.predict(await solid('#fff', 30, 40)))).toEqual({
      ...{ height: 96 / 8192, width: 224 / 8192 },
    });
  });

  test.each([
    ['ByShorterSideAlign32', '224.0', { height: 224, width: 320 }],
    ['ByPixelCountAlign32', '512', { height: 448, width: 608 }],
  ])('of a free size keeps the proportions: %s of %s', async (method, target, { height, width }) => {
    const properties = {
      ...{ [`${PREPROCESS}.ResizeMethod`]: method, [`${PREPROCESS}.CropMethod`]: 'NoCrop' },
      ...{ [`${PREPROCESS}.TargetWidth`]: target, [`${PREPROCESS}.TargetHeight`]: target },
    };
    const loaded = await load({ model: sizeModel(), labels: 'height\nwidth\n', properties });
    const told = probabilities(await loaded.predict(await solid('#fff', 640, 480)));
    expect(told).toEqual({ height: height / 8192, width: width / 8192 });
  });

  test('looks at the middle square when the export says so', async () => {
    const bars = await sharp(await solid('#f00', 32, 8))
      .composite([{ input: await solid('#00f', 8, 8), left: 12, top: 0 }])
      .png()
      .toBuffer();
    const cropped = (method: string) =>
      load({ model: meanModel(), properties: { [`${PREPROCESS}.CropMethod`]: method } });
    const middle = await cropped('FullImageShorterSide');
    expect(probabilities(await middle.predict(bars))).toEqual({ red: 0, green: 0, blue: 1 });
    const whole = await cropped('NoCrop');
    expect(probabilities(await whole.predict(bars))).toMatchObject({ red: expect.closeTo(0.75, 1) });
  });

  test.each([
    ['a byte order mark', '\uFEFFred\ngreen\nblue\n'],
    ['Windows line ends', 'red\r\ngreen\r\nblue\r\n'],
    ['no final line end', 'red\ngreen\nblue'],
  ])('reads labels with %s', async (_, labels) => {
    expect((await load({ model: meanModel(), labels })).tagNames).toEqual(['red', 'green', 'blue']);
  });

  test('has an iteration id of its content when the manifest names none, and tells its SHA-256', async () => {
    const { iterationId, sha256 } = await load({ model: meanModel() });
    expect(iterationId).toMatch(/^[0-9a-f-]{36}$/);
    expect((await load({ model: meanModel() })).iterationId).toBe(iterationId);
    expect(sha256).toBe(createHash('sha256').update(meanModel()).digest('hex'));
  });

  test('of float16 answers what the same model of float32 answers', async () => {
    const [whole, half] = [
      await load({ model: meanModel() }),
      await load({ model: meanModel({ half: true }) }),
    ];
    const picture = await solid('rgb(13,101,240)');
    const [expected, told] = [
      probabilities(await whole.predict(picture)),
      probabilities(await half.predict(picture)),
    ];
    for (const tag of ['red', 'green', 'blue']) expect(told[tag]).toBeCloseTo(expected[tag] ?? 9, 3);
  });

  test('of several tags at once answers each by itself', async () => {
    const manifest = { DomainType: 'Classification' };
    const properties = { 'CustomVision.Postprocess.Method': 'ClassificationMultiLabel' };
    const loaded = await load({ model: meanModel({ head: 'Sigmoid' }), manifest, properties });
    const logistic = (value: number) => near(1 / (1 + Math.exp(-value)));
    expect(probabilities(await loaded.predict(await solid('rgb(255,51,0)')))).toEqual({
      ...{ red: logistic(1), green: logistic(0.2), blue: logistic(0) },
    });
  });

  test('of 2018 or 2019 has its labels in its ZipMap, and wants 0..255 where it is silent', async () => {
    const model = zipMapModel({ 'Image.BitmapPixelFormat': 'Bgr8' }, ['blue', 'green', 'red']);
    const loaded = await load({ model, labels: null, manifest: null });
    expect(loaded.tagNames).toEqual(['blue', 'green', 'red']);
    expect(probabilities(await loaded.predict(await solid('rgb(255,0,51)')))).toEqual({
      ...{ red: 1, green: 0, blue: near(0.2) },
    });
    expect(loaded.notices).toEqual([
      expect.stringMatching(/does not tell Image\.NominalPixelRange: 0\.\.255/u),
    ]);
    const beside = await load({ model, labels: 'one\ntwo\nthree\n', manifest: { LabelFileName: null } });
    expect(beside.tagNames).toEqual(['blue', 'green', 'red']);
    expect(beside.notices).toContainEqual(expect.stringContaining('names other tags than the model itself'));
  });

  test('of AutoML has labels.json, takes pixels as ImageNet’s are, and gets a softmax', async () => {
    const model = meanModel({ metadata: {}, head: 'MatMul', shape: ['batch', 3, 14, 14] });
    const files = { 'labels.json': '["red", "green", "blue"]' };
    const loaded = await load({ model, labels: null, manifest: null, files });
    const [r, g, b] = [(0.6 - 0.485) / 0.229, (0.4 - 0.456) / 0.224, (0.2 - 0.406) / 0.225].map(Math.exp);
    const sum = (r ?? 0) + (g ?? 0) + (b ?? 0);
    expect(probabilities(await loaded.predict(await solid('rgb(153,102,51)')))).toEqual({
      ...{ red: near((r ?? 0) / sum), green: near((g ?? 0) / sum), blue: near((b ?? 0) / sum) },
    });
    expect(loaded).toMatchObject({ kind: 'AutoML classifier' });
    expect(loaded.notices).toContainEqual(expect.stringContaining('multiclass'));
  });
});

describe('a detection export', () => {
  test('answers boxes as fractions, clamped to the picture, without those below 0.01', async () => {
    const loaded = await load({
      model: fixedDetector([
        { sides: [0.25, 0.5, 0.75, 0.625], tag: 2, score: 0.5 },
        { sides: [-0.5, 0.5, 0.25, 1.5], tag: 0, score: 0.75 },
        { sides: [0, 0, 1, 1], tag: 1, score: 0.0099 },
      ]),
    });
    expect(loaded.task).toBe('detect');
    const predictions = await loaded.predict(await solid('#fff'));
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

  test('that is shown the middle square answers boxes of the whole picture', async () => {
    const model = fixedDetector([{ sides: [0, 0.25, 0.5, 1], tag: 1, score: 0.5 }]);
    const properties = { [`${PREPROCESS}.CropMethod`]: 'FullImageShorterSide' };
    const loaded = await load({ model, properties });
    const [box] = await loaded.predict(await solid('#fff', 32, 8));
    expect(box?.boundingBox).toEqual({ left: 0.375, top: 0.25, width: 0.125, height: 0.75 });
  });

  test('that names a tag without a label is a fault, not a nameless prediction', async () => {
    const loaded = await load({ model: fixedDetector([{ sides: [0, 0, 1, 1], tag: 3, score: 0.9 }]) });
    await expect(loaded.predict(await solid('#fff'))).rejects.toThrow('tag number 3, but there are 3 labels');
  });

  test('whose manifest calls it a classifier is what its tensors are, which is told', async () => {
    const model = fixedDetector([{ sides: [0, 0, 1, 1], tag: 0, score: 0.9 }]);
    const properties = { 'CustomVision.Postprocess.Method': 'ClassificationMultiClass' };
    const loaded = await load({ model, manifest: { DomainType: 'Classification' }, properties });
    expect(loaded).toMatchObject({ task: 'detect' });
    expect(loaded.notices).toEqual([
      'The parts do not agree: the manifest says a classifier, the metadata (ClassificationMultiClass) says a classifier, the model itself says a detector; the model counts.',
    ]);
  });
});

describe('an export that cannot be used is refused by code, with what it has and what is expected', () => {
  test('labels of another model, or none', async () => {
    const refused = (labels: string | null) => expect(load({ model: meanModel(), labels })).rejects;
    await refused('red\n').toThrow(/1 labels and 3 answers/);
    await refused('\n').toThrow(/does not tell the tags: it is empty/);
    await refused(null).toMatchObject({
      code: 'ExportInvalid',
      fix: expect.stringMatching(/Put labels\.txt/u),
    });
  });

  test('answers that are no probabilities', async () => {
    const loaded = await load({ model: meanModel({ times: 3 }) });
    await expect(loaded.predict(await solid('#fff'))).rejects.toThrow(
      /answered 3 for "red", which is no prob/u,
    );
  });

  test('an operator set from before ONNX 1.2', async () => {
    const old = Buffer.from(meanModel());
    const at = old.lastIndexOf(Buffer.from([0x10, 17])); // its version, in the field after the domain
    old[at + 1] = 1;
    await expect(load({ model: old })).rejects.toMatchObject({
      ...{ code: 'ExportTooOld', fix: expect.stringContaining('tf2onnx') },
    });
  });

  test('tensors of no known kind, and AutoML’s detectors by name', async () => {
    const graph = newGraph();
    graph.input('data', elementType.float, [1, 3, 8, 8]);
    graph.output('output', elementType.float, [1, 3, 64]);
    graph.nodeTo(['output'], 'Reshape', ['data', graph.integers(1, 3, 64)]);
    await expect(load({ model: graph.model() })).rejects.toMatchObject({
      ...{ code: 'ExportKindUnknown', message: expect.stringContaining('output float32 [1,3,64]') },
    });
    const eight = newGraph();
    eight.input('input', elementType.float, [1, 3, 8, 8]);
    eight.output('output', elementType.float, [1, 24, 8]);
    eight.nodeTo(['output'], 'Reshape', ['input', eight.integers(1, 24, 8)]);
    const files = { 'labels.json': '["red", "green", "blue"]' };
    await expect(load({ model: eight.model(), labels: null, manifest: null, files })).rejects.toThrow(
      /a detector \(YOLOv5\) of AutoML, whose detectors are not read yet/u,
    );
  });

  test.each([
    ['a page', Buffer.from('<html>'), /6 bytes is no ONNX file/u],
    ['nothing', Buffer.alloc(0), /is no ONNX file: there is no operator/u],
    ['half a model', Buffer.from(meanModel()).subarray(0, 200), /is no ONNX file/u],
  ])('a file that is no model: %s', async (_, model, message) => {
    await expect(load({ model })).rejects.toMatchObject({
      code: 'ExportInvalid',
      message: expect.stringMatching(message),
    });
  });

  test('a manifest that points out of the folder', async () => {
    const manifest = { ModelFileName: '../model.onnx' };
    await expect(load({ model: meanModel(), manifest })).rejects.toThrow(/plain file name/);
  });

  test.each([
    ['model.pb', {}, 'a TensorFlow export'],
    ['saved_model.pb', {}, 'a TensorFlow SavedModel'],
    ['model.tflite', {}, 'a TensorFlow Lite export'],
    ['model.json', {}, 'a TensorFlow.js export'],
    ['model.mlmodel', {}, 'a Core ML export'],
    ['readme', { Platform: 'DockerFile' }, 'a Docker export'],
    ['readme', { Platform: 'VAIDK', Flavor: 'x' }, 'an export for VAIDK (x)'],
  ])('an export for another runtime: %s %j', async (name, manifest, what) => {
    const directory = await folder({ model: meanModel(), manifest, files: { [name]: 'x' } });
    await rm(join(directory, 'model.onnx'));
    await expect(loadHere({ path: directory })).rejects.toMatchObject({
      ...{ code: 'ExportNotOnnx', message: expect.stringContaining(what) },
    });
  });

  test('a folder that is no export', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'export-'));
    closers.push(() => rm(empty, { recursive: true }));
    await expect(loadHere({ path: empty })).rejects.toThrow(/no model in it: model\.onnx is missing/u);
  });
});

test('a bare file in memory is read as it is on disk', async () => {
  const path = join(
    await folder({ model: zipMapModel(pixelProps('Bgr8', 'NominalRange_0_255'), ['b', 'g', 'r']) }),
    'model.onnx',
  );
  const fromDisk = await loadHere({ path });
  const fromMemory = await loadHere({ name: 'x/pears', bytes: new Uint8Array(await readFile(path)) });
  closers.push(fromDisk.close, fromMemory.close);
  expect(fromMemory.sha256).toBe(fromDisk.sha256);
  const picture = await solid('#0f0');
  expect(await fromMemory.predict(picture)).toEqual(await fromDisk.predict(picture));
});
