import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { loadExport } from '../../src/exports/loadExport.ts';
import { zipMapModel } from './twins.ts';

const model = zipMapModel({}, ['b', 'g', 'r']);

function zipOf(files: Record<string, Uint8Array>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, bytes] of Object.entries(files)) zip.addBuffer(Buffer.from(bytes), path);
  zip.end();
  return buffer(zip.outputStream);
}
const load = async (bytes: Uint8Array, admit?: (bytes: number) => Promise<void>) => {
  const loaded = await loadExport({ name: 'export.zip', bytes }, admit);
  await loaded.close();
  return loaded;
};

test('a zip is read as it was downloaded, whatever folder the export lies in', async () => {
  const manifest = Buffer.from('{"ModelFileName":"model.onnx","LabelFileName":null,"IterationId":"seven"}');
  for (const folder of ['', 'deep/er/']) {
    const files = { 'python/predict.py': Buffer.from('x'), [`${folder}model.onnx`]: model };
    const { iterationId, tagNames } = await load(
      await zipOf({ ...files, [`${folder}cvexport.manifest`]: manifest }),
    );
    expect([iterationId, tagNames]).toEqual(['seven', ['b', 'g', 'r']]);
  }
});

test('memory is asked for by what the zip tells of the model, before it is unpacked', async () => {
  const zip = await zipOf({ 'model.onnx': Buffer.alloc(50_000_000) });
  expect(zip.length).toBeLessThan(100_000);
  const asked: number[] = [];
  const refuse = async (bytes: number) => {
    asked.push(bytes);
    throw new Error('no memory');
  };
  await expect(load(zip, refuse)).rejects.toThrow('no memory');
  expect(asked[0]).toBeGreaterThan(50_000_000);
});

test('a zip that tells of fewer bytes than it holds is refused', async () => {
  const zip = await zipOf({ 'model.onnx': Buffer.alloc(5_000_000) });
  const directory = zip.lastIndexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
  zip.writeUInt32LE(1_000, directory + 24);
  await expect(load(zip)).rejects.toMatchObject({
    ...{ code: 'ExportInvalid', message: expect.stringMatching(/cannot be unpacked: too many bytes/u) },
  });
});

test('a zip that tells of more bytes than any model has is refused unread', async () => {
  const zip = await zipOf({ 'model.onnx': Buffer.alloc(10) });
  const directory = zip.lastIndexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
  zip.writeUInt32LE(0xfffffff0, directory + 24);
  await expect(load(zip)).rejects.toMatchObject({ code: 'ExportTooLarge' });
});

test('two models, none of them called as usual, are refused by their names', async () => {
  await expect(load(await zipOf({ 'a.onnx': model, 'b.onnx': model }))).rejects.toThrow(
    /found 2: a\.onnx, b\.onnx/u,
  );
});

test('whatever bytes are damaged, a zip or model is read or refused by a code of its own', async () => {
  const zip = await zipOf({ 'model.onnx': model });
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(zip, Buffer.from(model)), damage, async (whole, changes) => {
      const bytes = new Uint8Array(whole);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      const thrown: unknown = await load(bytes).catch((error: unknown) => error);
      if (thrown instanceof Error) expect(thrown).toMatchObject({ code: expect.stringMatching(/^Export/u) });
    }),
    { numRuns: 60 },
  );
});

test('an attribute that breaks off is a fault of the export', async () => {
  const broken = Buffer.from(model);
  const name = broken.indexOf('classlabels_strings');
  broken[name - 1] = 120; // longer than all that holds it
  await expect(load(broken)).rejects.toMatchObject({
    ...{
      code: 'ExportInvalid',
      message: expect.stringMatching(/cannot be read: Broken protobuf|no ONNX file/u),
    },
  });
});
