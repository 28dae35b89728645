import { tagNames } from '../drawing/fruits/fruits.ts';
import { elementType, type Graph, newGraph } from '../onnx/graph.ts';
import { cellCentre, cells, detectorNetwork, distanceScale } from './detectorNetwork.ts';
import { addWeights, pixelMetadata } from './exportedWeights.ts';
import { addForward, type Weights } from './network.ts';

const mostBoxes = 64;
const mostOverlap = 0.3;
const leastScore = 0.01;

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
