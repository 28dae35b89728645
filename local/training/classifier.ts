import { tagNames } from '../drawing/fruits.ts';
import { pickOne, type Random, seededRandom } from '../drawing/random.ts';
import { elementType, type Graph, newGraph } from '../onnx/graph.ts';
import { copyPlanes, drawExamples, type Example, oneFruitScene } from './examples.ts';
import { addForward, initialWeights, type Network, type Weights } from './network.ts';
import { addWeights, pixelMetadata } from './sampleExport.ts';
import { type Batch, type TrainOptions, train } from './trainer.ts';

const tags = tagNames.length;
const batchSize = 32;

export const classifierNetwork: Network = {
  size: 96,
  pooled: true,
  layers: [
    { channels: 16, kernel: 3, stride: 2 },
    { channels: 32, kernel: 3, stride: 2 },
    { channels: 48, kernel: 3, stride: 2 },
    { channels: 64, kernel: 3 },
    { channels: 64, kernel: 3, stride: 2 },
    { channels: tags, kernel: 1 },
  ],
};

/** Trains the fruit classifier and returns it as an ONNX file: `data` [1,3,96,96] → `model_output` [1,5]. */
export async function trainClassifier(options: TrainOptions = {}): Promise<Uint8Array> {
  const { steps = 1500, pictures = 4000, threads = 2, report } = options;
  const drawn = await drawExamples(oneFruitScene, 1_000_000, pictures, classifierNetwork.size);
  const examples = drawn.filter(({ boxes }) => boxes.length === 1);
  const random = seededRandom(7);
  const weights = initialWeights(classifierNetwork, seededRandom(1));
  await train({
    ...{ network: classifierNetwork, weights, batchSize, steps, warmUpSteps: 50, threads, report },
    pixels: 'data',
    nextBatch: () => nextBatch(examples, random),
    addLoss,
  });
  return classifierModel(weights);
}

function nextBatch(examples: readonly Example[], random: Random): Batch {
  const { size } = classifierNetwork;
  const planes = 3 * size * size;
  const data = new Float32Array(batchSize * planes);
  const target = new Float32Array(batchSize * tags);
  for (let i = 0; i < batchSize; i++) {
    const { planes: pixels, boxes } = pickOne(random, examples);
    copyPlanes(pixels, data.subarray(i * planes, (i + 1) * planes), size, random() < 0.5);
    for (const { tagName } of boxes) target[i * tags + tagNames.indexOf(tagName)] = 1;
  }
  return {
    data: { dims: [batchSize, 3, size, size], data },
    target: { dims: [batchSize, tags, 1, 1], data: target },
  };
}

/** Cross entropy of the softmax, whose derivative is probability minus target. */
function addLoss(graph: Graph, output: string): string {
  const perPicture = graph.scalar(1 / batchSize);
  const logarithms = graph.node('LogSoftmax', [output], { axis: 1 });
  const hits = graph.node('ReduceSum', [graph.node('Mul', [logarithms, 'target'])], { keepdims: 0 });
  graph.nodeTo(['loss'], 'Mul', [graph.node('Neg', [hits]), perPicture]);
  const excess = graph.node('Sub', [graph.node('Exp', [logarithms]), 'target']);
  return graph.node('Mul', [excess, perPicture]);
}

function classifierModel(weights: Weights): Uint8Array {
  const graph = newGraph();
  const { size } = classifierNetwork;
  graph.input('data', elementType.float, [1, 3, size, size]);
  graph.output('model_output', elementType.float, [1, tags]);
  addWeights(graph, weights);
  const { output } = addForward(graph, classifierNetwork, 'data');
  graph.nodeTo(['model_output'], 'Softmax', [graph.node('Flatten', [output], { axis: 1 })], { axis: 1 });
  return graph.model(pixelMetadata);
}
