import { tagNames } from '../drawing/fruits.ts';
import { pickOne, type Random, seededRandom } from '../drawing/random.ts';
import type { DrawnBox } from '../drawing/scene.ts';
import type { Graph } from '../onnx/graph.ts';
import { cells, detectorModel, detectorNetwork, gridSize } from './detectorModel.ts';
import { fillTargets } from './detectorTargets.ts';
import { copyPlanes, drawExamples, type Example, manyFruitsScene } from './examples.ts';
import { initialWeights, type Weights } from './network.ts';
import { type Batch, type TrainOptions, train } from './trainer.ts';

const tags = tagNames.length;
const batchSize = 16;

const focus = 1.5;
const sharpness = 8;
const fruitsPerPicture = 3;
const cellsPerPicture = 20;

/** Trains the fruit detector and returns it as an ONNX file (see detectorModel). */
export async function trainDetector(options: TrainOptions = {}): Promise<Uint8Array> {
  const { steps = 2000, pictures = 3000, threads = 2, report } = options;
  const examples = await drawExamples(manyFruitsScene, 2_000_000, pictures, detectorNetwork.size);
  const random = seededRandom(7);
  const weights = startingWeights();
  await train({
    ...{ network: detectorNetwork, weights, batchSize, steps, warmUpSteps: 100, threads, report },
    pixels: 'image_tensor',
    nextBatch: () => nextBatch(examples, random),
    addLoss,
  });
  return detectorModel(weights);
}

/** Almost every cell is empty, so the last layer starts out saying so. */
function startingWeights(): Weights {
  const weights = initialWeights(detectorNetwork, seededRandom(1));
  weights.at(-1)?.data.fill(-3, 0, tags).fill(0.5, tags);
  return weights;
}

function nextBatch(examples: readonly Example[], random: Random): Batch {
  const { size } = detectorNetwork;
  const input = (channels: number, side: number) => ({
    dims: [batchSize, channels, side, side],
    data: new Float32Array(batchSize * channels * side * side),
  });
  const pixels = input(3, size);
  const scores = input(tags, gridSize);
  const scoreWeights = input(tags, gridSize);
  const distances = input(4, gridSize);
  const distanceWeights = input(1, gridSize);
  for (let i = 0; i < batchSize; i++) {
    const example = pickOne(random, examples);
    const mirrored = random() < 0.5;
    const part = (data: Float32Array, length: number) => data.subarray(i * length, (i + 1) * length);
    copyPlanes(example.planes, part(pixels.data, 3 * size * size), size, mirrored);
    fillTargets(mirrored ? example.boxes.map(mirror) : example.boxes, {
      scores: part(scores.data, tags * cells),
      scoreWeights: part(scoreWeights.data, tags * cells),
      distances: part(distances.data, 4 * cells),
      distanceWeights: part(distanceWeights.data, cells),
    });
  }
  return {
    image_tensor: pixels,
    ...{ targetScores: scores, scoreWeights, targetDistances: distances, distanceWeights },
  };
}

const mirror = (box: DrawnBox): DrawnBox => ({ ...box, left: 1 - box.left - box.width });

/**
 * Scores learn from their error, held back where it is small already (the idea of the focal loss,
 * https://arxiv.org/abs/1708.02002); distances from the sign of their error, softened close to zero. The derivatives are
 * written down directly, and `loss` is a measure that falls with them rather than their exact antiderivative.
 */
function addLoss(graph: Graph, output: string): string {
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
