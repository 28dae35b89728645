import { tagNames } from '../drawing/fruits.ts';
import { elementType, type Graph, newGraph } from '../onnx/graph.ts';
import { addForward, type Network, placeLayers, type Weights } from './network.ts';
import { addWeights, pixelMetadata } from './sampleExport.ts';

const features = 64;
const boxSides = 4;
const mostBoxes = 64;
const mostOverlap = 0.3;
const leastScore = 0.01;

/** One grid of cells; each holds a score per tag and the distances to the four sides of its box. The dilated layers see far. */
export const detectorNetwork: Network = {
  size: 160,
  pooled: false,
  layers: [
    { channels: 16, kernel: 3, stride: 2 },
    { channels: 32, kernel: 3, stride: 2 },
    { channels: 48, kernel: 3, stride: 2 },
    { channels: features, kernel: 3 },
    { channels: features, kernel: 3, dilation: 2 },
    { channels: features, kernel: 3, dilation: 4 },
    { channels: tagNames.length + boxSides, kernel: 1 },
  ],
};

/** Cells on one side of the grid. */
export const gridSize = placeLayers(detectorNetwork).at(-1)?.outSize ?? 0;
export const cells = gridSize * gridSize;

/** Distances are learnt this much larger, so that they weigh about as much as the scores. */
export const distanceScale = 4;

/** The middle of a cell as fractions of the picture. */
export const cellCentre = (cell: number): [x: number, y: number] => [
  ((cell % gridSize) + 0.5) / gridSize,
  (Math.floor(cell / gridSize) + 0.5) / gridSize,
];

/**
 * The detector as an ONNX file in the signature of General (compact) [S1] exports: `image_tensor` [1,3,160,160] →
 * `detected_boxes` (left, top, right, bottom in 0..1), `detected_scores`, `detected_classes`, non-maximum suppression done.
 */
export function detectorModel(weights: Weights): Uint8Array {
  const graph = newGraph();
  const { size } = detectorNetwork;
  graph.input('image_tensor', elementType.float, [1, 3, size, size]);
  graph.output('detected_boxes', elementType.float, [1, 'n', 4]);
  graph.output('detected_classes', elementType.int64, [1, 'n']);
  graph.output('detected_scores', elementType.float, [1, 'n']);
  addWeights(graph, weights);
  const { output } = addForward(graph, detectorNetwork, 'image_tensor');
  graph.nodeTo(['scores', 'distances'], 'Split', [output, graph.integers(tagNames.length, 4)], { axis: 1 });
  addSelection(graph, addBoxes(graph, 'distances'), 'scores');
  return graph.model(pixelMetadata);
}

/** From distances per cell to boxes [1, cells, 4]. */
function addBoxes(graph: Graph, distances: string): string {
  const flat = graph.node('Reshape', [distances, graph.integers(1, 4, cells)]);
  const unit = 1 / distanceScale;
  const outwards = graph.constant('outwards', [1, 4, 1], Float32Array.of(-unit, -unit, unit, unit));
  const offsets = graph.node('Mul', [flat, outwards]);
  const middles = Array.from({ length: cells }, (_, cell) => cellCentre(cell));
  const xs = middles.map(([x]) => x);
  const ys = middles.map(([, y]) => y);
  const centres = graph.constant('centres', [1, 4, cells], Float32Array.of(...xs, ...ys, ...xs, ...ys));
  const sides = graph.node('Clip', [graph.node('Add', [centres, offsets]), graph.scalar(0), graph.scalar(1)]);
  return graph.node('Transpose', [sides], { perm: [0, 2, 1] });
}

/** The best tag of every cell, then non-maximum suppression over all of them together. */
function addSelection(graph: Graph, boxes: string, scores: string): void {
  const flat = graph.node('Reshape', [
    graph.node('Sigmoid', [scores]),
    graph.integers(1, tagNames.length, cells),
  ]);
  const best = graph.node('ReduceMax', [flat], { axes: [1], keepdims: 1 });
  const tags = graph.node('ArgMax', [flat], { axis: 1, keepdims: 0 });
  const limit = (name: string, value: number) => graph.constant(name, [1], Float32Array.of(value));
  const selected = graph.node('NonMaxSuppression', [
    ...[boxes, best, graph.integers(mostBoxes)],
    ...[limit('mostOverlap', mostOverlap), limit('leastScore', leastScore)],
  ]);
  // Each row is batch, class and box; only the box's number is of use.
  const column = graph.node('Gather', [selected, graph.integers(2)], { axis: 1 });
  const kept = graph.node('Reshape', [column, graph.integers(-1)]);
  graph.nodeTo(['detected_boxes'], 'Gather', [boxes, kept], { axis: 1 });
  graph.nodeTo(['detected_classes'], 'Gather', [tags, kept], { axis: 1 });
  const bestFlat = graph.node('Squeeze', [best, graph.integers(1)]);
  graph.nodeTo(['detected_scores'], 'Gather', [bestFlat, kept], { axis: 1 });
}
