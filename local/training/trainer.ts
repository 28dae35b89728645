import { elementType, type Graph, newGraph } from '../onnx/graph.ts';
import { floatsOf, floatTensor, openSession } from '../onnx/runtime.ts';
import { addBackward, gradientName } from './backward.ts';
import { addForward, type Network, type Weights } from './network.ts';

/** Named float inputs of one step, each with its shape. */
export type Batch = Record<string, { dims: readonly number[]; data: Float32Array }>;

export type Training = {
  network: Network;
  weights: Weights;
  batchSize: number;
  steps: number;
  warmUpSteps: number;
  threads: number;
  nextBatch(): Batch;
  /** The input that holds the pixels. */
  pixels: string;
  /** Adds the scalar output `loss` to the graph and returns the name of its derivative by the network's output. */
  addLoss(graph: Graph, output: string): string;
  report: ((step: number, loss: number) => void) | undefined;
};

/** What a trainer may be told; left out, the values the committed sample was made with. */
export type TrainOptions = {
  steps?: number;
  pictures?: number;
  /** More make it faster and change nothing in the result. */
  threads?: number;
  report?: (step: number, loss: number) => void;
};

const peakRate = 2e-3;
const firstDecay = 0.9;
const secondDecay = 0.999;
const weightDecay = 1e-4;

/** Trains the weights in place. The step, gradients included, is an ONNX graph of its own; only Adam is not. */
export async function train(training: Training): Promise<void> {
  const { weights, steps, warmUpSteps, threads } = training;
  let batch = training.nextBatch();
  const session = await openSession(stepModel(training, batch), threads);
  const adam = newAdam(weights);
  try {
    for (let step = 0; step < steps; step++) {
      const given = { ...batch, ...Object.fromEntries(weights.map((weight) => [weight.name, weight])) };
      const feeds = Object.entries(given).map(([name, { data, dims }]) => [name, floatTensor(data, dims)]);
      const results = await session.run(Object.fromEntries(feeds));
      const cooling = 0.5 * (1 + Math.cos((Math.PI * step) / steps));
      const rate = peakRate * Math.min(1, (step + 1) / warmUpSteps) * cooling;
      adam((name) => floatsOf(results, gradientName(name)), rate);
      training.report?.(step, floatsOf(results, 'loss')[0] ?? Number.NaN);
      if (step + 1 < steps) batch = training.nextBatch();
    }
  } finally {
    await session.release();
  }
}

/** Forward, loss and backward in one model that takes a batch and the weights. */
export function stepModel(training: Training, batch: Batch): Uint8Array {
  const graph = newGraph();
  for (const [name, { dims }] of Object.entries(batch)) graph.input(name, elementType.float, dims);
  for (const { name, dims } of training.weights) graph.input(name, elementType.float, dims);
  graph.output('loss', elementType.float, []);
  const activations = addForward(graph, training.network, training.pixels);
  const derivative = training.addLoss(graph, activations.output);
  addBackward(graph, training.network, activations, training.batchSize, derivative);
  return graph.model();
}

type Adam = (gradientOf: (name: string) => Float32Array, rate: number) => void;

/**
 * Adam with decoupled weight decay on kernels, not on biases (https://arxiv.org/abs/1711.05101). Each call changes the
 * weights in place.
 */
function newAdam(weights: Weights): Adam {
  const states = weights.map((weight) => ({
    weight,
    decay: weight.dims.length > 1 ? weightDecay : 0,
    mean: new Float32Array(weight.data.length),
    square: new Float32Array(weight.data.length),
  }));
  let steps = 0;
  return (gradientOf, rate) => {
    steps++;
    const meanScale = 1 - firstDecay ** steps;
    const squareScale = 1 - secondDecay ** steps;
    for (const { weight, decay, mean, square } of states) {
      gradientOf(weight.name).forEach((slope, i) => {
        const was = weight.data[i] ?? 0;
        mean[i] = (mean[i] ?? 0) * firstDecay + slope * (1 - firstDecay);
        square[i] = (square[i] ?? 0) * secondDecay + slope * slope * (1 - secondDecay);
        const move = (mean[i] ?? 0) / meanScale / (Math.sqrt((square[i] ?? 0) / squareScale) + 1e-8);
        weight.data[i] = was - rate * (move + decay * was);
      });
    }
  };
}
