import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tagNames } from '../drawing/fruits/fruits.ts';

export type SampleExport = {
  directory: string;
  domainType: 'Classification' | 'ObjectDetection';
  iterationId: string;
  readme: string;
};

/** Every run writes the same bytes, so the date is that of the first one. */
const exportedDate = '2026-11-21T00:00:00Z';

/** Writes a model as Custom Vision's export writes it: model.onnx, labels.txt, cvexport.manifest; and a README. */
export async function writeExport(sample: SampleExport, model: Uint8Array): Promise<void> {
  const { directory, domainType, iterationId, readme } = sample;
  const manifest = {
    DomainType: domainType,
    Platform: 'ONNX',
    Flavor: null,
    ExporterVersion: '2.0',
    ExportedDate: exportedDate,
    IterationId: iterationId,
    ModelFileName: 'model.onnx',
    LabelFileName: 'labels.txt',
    ModelFileSHA1: createHash('sha1').update(model).digest('hex'),
    SchemaVersion: '1.0',
  };
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'model.onnx'), model);
  await writeFile(join(directory, 'labels.txt'), tagNames.map((name) => `${name}\n`).join(''));
  await writeFile(join(directory, 'cvexport.manifest'), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(directory, 'README.md'), readme);
}
