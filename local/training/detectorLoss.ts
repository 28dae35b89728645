import { tagNames } from '../drawing/fruits/fruits.ts';
import type { Graph } from '../onnx/graph.ts';

const focus = 1.5;
const sharpness = 8;
const fruitsPerPicture = 3;
const cellsPerPicture = 20;

/**
 * Scores learn from their error, held back where it is small already (the idea of the focal loss,
 * https://arxiv.org/abs/1708.02002); distances from the sign of their error, softened close to zero. The derivatives are
 * written down directly, and `loss` is a measure that falls with them rather than their exact antiderivative.
 */
export function addDetectorLoss(graph: Graph, output: string, batchSize: number): string {
  graph.nodeTo(['scores', 'distances'], 'Split', [output, graph.integers(tagNames.length, 4)], { axis: 1 });
  const perFruit = graph.scalar(1 / (batchSize * fruitsPerPicture));
  const perCell = graph.scalar(1 / (batchSize * cellsPerPicture));
  const multiply = (...values: string[]) =>
    values.reduce((product, value) => graph.node('Mul', [product, value]));
  const total = (value: string) => graph.node('ReduceSum', [value], { keepdims: 0 });

  const error = graph.node('Sub', [graph.node('Sigmoid', ['scores']), 'targetScores']);
  const focused = graph.node('Pow', [graph.node('Abs', [error]), graph.scalar(focus)]);
  const scoreSlope = multiply(focused, 'scoreWeights', error, perFruit);

  const miss = multiply(graph.node('Sub', ['distances', 'targetDistances']), graph.scalar(sharpness));
  const limited = graph.node('Clip', [miss, graph.scalar(-1), graph.scalar(1)]);
  const distanceSlope = multiply(limited, 'distanceWeights', perCell);

  graph.nodeTo(['loss'], 'Add', [total(multiply(scoreSlope, error)), total(multiply(distanceSlope, miss))]);
  return graph.node('Concat', [scoreSlope, distanceSlope], { axis: 1 });
}
