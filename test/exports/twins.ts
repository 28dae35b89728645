import { elementType, type Graph, newGraph } from '../../local/onnx/graph.ts';
import { writeBytes, writeInt, writeText } from '../../src/exports/protobuf.ts';

/** What most exports since 2020 say of their pixels, in the model itself. */
export const pixelProps = (order = 'Rgb8', range = 'Normalized_0_1') => ({
  'Image.BitmapPixelFormat': order,
  'Image.NominalPixelRange': range,
});

type Dimensions = (number | string)[];
export type MeanOptions = {
  metadata?: Record<string, string>;
  shape?: Dimensions;
  /** Float16 at both edges. */
  half?: boolean;
  /** What the means are multiplied with: 1 / 255 makes fractions of bytes. */
  times?: number;
  /** The last operator. */
  head?: 'Sigmoid' | 'MatMul';
};

/** A model whose three answers are the mean of the first, second and third plane it is given. */
export function meanModel({ metadata = pixelProps(), shape, half, times = 1, head }: MeanOptions = {}) {
  const graph = newGraph();
  const type = half ? elementType.half : elementType.float;
  graph.input('data', type, shape ?? [1, 3, 8, 8]);
  graph.output('model_output', type, [shape?.[0] ?? 1, 3]);
  const whole = half ? graph.node('Cast', ['data'], { to: elementType.float }) : 'data';
  const means = graph.node('Mul', [graph.node('GlobalAveragePool', [whole]), graph.scalar(times)]);
  const row = graph.node('Flatten', [means], { axis: 1 });
  const same = graph.constant('same', [3, 3], Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1));
  const answer =
    head === 'MatMul'
      ? graph.node(head, [row, same])
      : head
        ? graph.node(head, [row])
        : graph.node('Identity', [row]);
  if (half) graph.nodeTo(['model_output'], 'Cast', [answer], { to: elementType.half });
  else graph.nodeTo(['model_output'], 'Identity', [answer]);
  return graph.model(metadata);
}

/** As exports of 2018 and 2019 are: the means come out of a ZipMap, which holds the labels, and the best label beside it. */
export function zipMapModel(metadata: Record<string, string>, labels: readonly string[]): Uint8Array {
  const graph = newGraph();
  graph.input('data', elementType.float, ['None', 3, 8, 8]);
  const means = graph.node('Mul', [graph.node('GlobalAveragePool', ['data']), graph.scalar(1 / 255)]);
  graph.nodeTo(['loss1'], 'Flatten', [means], { axis: 1 });
  const names = writeBytes(
    5,
    writeText(1, 'classlabels_strings'),
    ...labels.map((label) => writeText(9, label)),
    writeInt(20, 8),
  );
  const zipMap = writeBytes(
    1,
    writeText(1, 'loss1'),
    writeText(2, 'loss'),
    writeText(4, 'ZipMap'),
    names,
    writeText(7, 'ai.onnx.ml'),
  );
  const mapType = writeBytes(5, writeInt(1, 8), writeBytes(2, writeBytes(1, writeInt(1, 1))));
  const output = writeBytes(12, writeText(1, 'loss'), writeBytes(2, writeBytes(4, writeBytes(1, mapType))));
  // parts of a message, one after the other, are one message
  return Buffer.concat([
    graph.model(metadata),
    writeBytes(7, zipMap, output),
    writeBytes(8, writeText(1, 'ai.onnx.ml'), writeInt(2, 1)),
  ]);
}

/** A model that answers how high and wide its input is, in 8,192ths. */
export function sizeModel(metadata: Record<string, string> = pixelProps()): Uint8Array {
  const graph = newGraph();
  graph.input('data', elementType.float, ['N', 3, 'H', 'W']);
  graph.output('model_output', elementType.float, [1, 2]);
  const sides = graph.node('Slice', [graph.node('Shape', ['data']), graph.integers(2), graph.integers(4)]);
  const share = graph.node('Mul', [
    graph.node('Cast', [sides], { to: elementType.float }),
    graph.scalar(1 / 8192),
  ]);
  graph.nodeTo(['model_output'], 'Reshape', [share, graph.integers(1, 2)]);
  return graph.model(metadata);
}

/** A graph whose answers depend on the input by nothing: without it the runtime folds the whole graph away. */
function withNothing(input: string, size: number): { graph: Graph; nothing: string } {
  const graph = newGraph();
  graph.input(input, elementType.float, [1, 3, size, size]);
  const mean = graph.node('ReduceMean', [input], { keepdims: 0 });
  return { graph, nothing: graph.node('Mul', [mean, graph.scalar(0)]) };
}

/** General (compact): answers the same raw values to every picture. */
export function gridModel(
  values: Float32Array,
  dims: number[],
  metadata: Record<string, string> = {},
): Uint8Array {
  const { graph, nothing } = withNothing('data', 32);
  graph.output('model_outputs0', elementType.float, dims);
  graph.nodeTo(['model_outputs0'], 'Add', [graph.constant('raw', dims, values), nothing]);
  return graph.model({ ...pixelProps('Bgr8', 'NominalRange_0_255'), ...metadata });
}

export type FixedBox = { sides: [number, number, number, number]; tag: number; score: number };

/** General (compact) [S1]: answers the same boxes to every picture. */
export function fixedDetector(
  boxes: readonly FixedBox[],
  metadata: Record<string, string> = pixelProps(),
): Uint8Array {
  const { graph, nothing } = withNothing('image_tensor', 8);
  const addFloats = (name: string, dims: number[], values: number[]) => {
    graph.nodeTo([name], 'Add', [graph.constant(`fixed_${name}`, dims, Float32Array.from(values)), nothing]);
    graph.output(name, elementType.float, dims);
  };
  const count = boxes.length;
  addFloats(
    'detected_boxes',
    [1, count, 4],
    boxes.flatMap(({ sides }) => sides),
  );
  addFloats(
    'detected_scores',
    [1, count],
    boxes.map(({ score }) => score),
  );
  const tags = BigInt64Array.from(boxes.map(({ tag }) => BigInt(tag)));
  const zero = graph.node('Cast', [nothing], { to: elementType.int64 });
  graph.nodeTo(['detected_classes'], 'Add', [graph.constant('fixed_classes', [1, count], tags), zero]);
  graph.output('detected_classes', elementType.int64, [1, count]);
  return graph.model(metadata);
}
