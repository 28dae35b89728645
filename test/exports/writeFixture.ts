import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elementType, type Graph, newGraph } from '../../local/onnx/graph.ts';

export type Fixture = {
  model: Uint8Array;
  labels?: string;
  manifest?: Record<string, unknown>;
  properties?: Record<string, unknown>;
};

/** An export folder of our own making under the system's temporary directory; whoever calls it removes it. */
export async function writeFixture({ model, labels = 'red\ngreen\nblue\n', manifest, properties }: Fixture) {
  const directory = await mkdtemp(join(tmpdir(), 'export-'));
  const full = { ModelFileName: 'model.onnx', LabelFileName: 'labels.txt', ...manifest };
  await writeFile(join(directory, 'model.onnx'), model);
  await writeFile(join(directory, 'labels.txt'), labels);
  await writeFile(join(directory, 'cvexport.manifest'), `\uFEFF${JSON.stringify(full)}`);
  if (properties) await writeFile(join(directory, 'metadata_properties.json'), JSON.stringify(properties));
  return directory;
}

/** A model whose three answers are the mean of the first, second and third plane it is given. */
export function meanModel(metadata: Record<string, string> = {}, shape: (number | string)[] = [1, 3, 8, 8]) {
  const graph = newGraph();
  graph.input('data', elementType.float, shape);
  graph.output('model_output', elementType.float, [1, 3]);
  const means = graph.node('GlobalAveragePool', ['data']);
  graph.nodeTo(['model_output'], 'Flatten', [means], { axis: 1 });
  return graph.model(metadata);
}

export type FixedBox = { sides: [number, number, number, number]; tag: number; score: number };

/** A detector that answers the same boxes to every picture. */
export function fixedDetector(boxes: readonly FixedBox[]): Uint8Array {
  const graph = newGraph();
  const count = boxes.length;
  graph.input('image_tensor', elementType.float, [1, 3, 8, 8]);
  const mean = graph.node('ReduceMean', ['image_tensor'], { keepdims: 0 });
  const nothing = graph.node('Mul', [mean, graph.scalar(0)]);
  // The answers have to depend on the input, or the runtime folds the whole graph away.
  const addFloats = (name: string, dims: number[], values: number[]) => {
    const fixed = graph.constant(`fixed_${name}`, dims, Float32Array.from(values));
    graph.nodeTo([name], 'Add', [fixed, nothing]);
    graph.output(name, elementType.float, dims);
  };
  addFloats(
    'detected_boxes',
    [1, count, 4],
    boxes.flatMap((box) => box.sides),
  );
  addFloats(
    'detected_scores',
    [1, count],
    boxes.map((box) => box.score),
  );
  addTags(
    graph,
    nothing,
    boxes.map((box) => box.tag),
  );
  return graph.model();
}

function addTags(graph: Graph, nothing: string, tags: readonly number[]): void {
  const fixed = graph.constant('fixed_classes', [1, tags.length], BigInt64Array.from(tags.map(BigInt)));
  const zero = graph.node('Cast', [nothing], { to: elementType.int64 });
  graph.nodeTo(['detected_classes'], 'Add', [fixed, zero]);
  graph.output('detected_classes', elementType.int64, [1, tags.length]);
}
