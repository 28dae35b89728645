import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tagNames } from '../drawing/fruits.ts';
import { elementType, type Graph } from '../onnx/graph.ts';
import { toHalf } from '../onnx/halves.ts';
import type { Weights } from './network.ts';

/**
 * Puts the trained weights into a graph. Kernels are stored as halves, which halves the file; the Cast that restores
 * them is folded away when the model is loaded. Biases are few and stay whole.
 */
export function addWeights(graph: Graph, weights: Weights): void {
  for (const { name, dims, data } of weights) {
    if (dims.length === 1) {
      graph.constant(name, dims, data);
      continue;
    }
    const stored = graph.constant(`${name}_half`, dims, Uint16Array.from(data, toHalf));
    graph.nodeTo([name], 'Cast', [stored], { to: elementType.float });
  }
}

/** What the pixels must be, under the names the exports use. */
export const pixelMetadata = {
  'Image.BitmapPixelFormat': 'Rgb8',
  'Image.NominalPixelRange': 'NominalRange_0_255',
};

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
