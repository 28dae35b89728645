import { expect, test } from 'vitest';
import { seededRandom } from '../../../local/drawing/random.ts';
import type { Graph } from '../../../local/onnx/graph.ts';
import { floatsOf, floatTensor, openSession } from '../../../local/onnx/runtime.ts';
import { gradientName } from '../../../local/training/backward.ts';
import { initialWeights, type Network } from '../../../local/training/network.ts';
import { type Batch, stepModel } from '../../../local/training/trainer.ts';

const batchSize = 2;
const shift = 1e-2;

/** Half the sum of squares, whose derivative is the output itself. */
function addLoss(graph: Graph, output: string): string {
  const squares = graph.node('Mul', [output, output]);
  const sum = graph.node('ReduceSum', [squares], { keepdims: 0 });
  graph.nodeTo(['loss'], 'Mul', [sum, graph.scalar(0.5)]);
  return output;
}

const networks: Record<string, Network> = {
  'strided and pooled': {
    ...{ size: 8, pooled: true },
    layers: [
      { channels: 4, kernel: 3, stride: 2 },
      { channels: 5, kernel: 3 },
      { channels: 2, kernel: 1 },
    ],
  },
  'dilated, of an odd size': {
    ...{ size: 9, pooled: false },
    layers: [
      { channels: 4, kernel: 3, stride: 2 },
      { channels: 3, kernel: 3, dilation: 2 },
      { channels: 2, kernel: 1 },
    ],
  },
};

test.each(Object.entries(networks))('gradients are those of finite differences: %s', async (_, network) => {
  const random = seededRandom(3);
  const side = network.size;
  const data = Float32Array.from({ length: batchSize * 3 * side * side }, () => random() * 255);
  const batch: Batch = { data: { dims: [batchSize, 3, side, side], data } };
  const weights = initialWeights(network, random);
  const model = { network, weights, batchSize, pixels: 'data', addLoss, threads: 1, report: undefined };
  const session = await openSession(
    stepModel({ ...model, steps: 1, warmUpSteps: 1, nextBatch: () => batch }, batch),
  );
  const run = () => {
    const given = Object.entries({ ...batch, ...Object.fromEntries(weights.map((one) => [one.name, one])) });
    return session.run(
      Object.fromEntries(given.map(([name, one]) => [name, floatTensor(one.data, one.dims)])),
    );
  };
  const lossWith = async (values: Float32Array, at: number, value: number) => {
    const before = values[at] ?? 0;
    values[at] = value;
    const loss = floatsOf(await run(), 'loss')[0] ?? Number.NaN;
    values[at] = before;
    return loss;
  };
  const results = await run();
  for (const { name, data: values } of weights) {
    const told = floatsOf(results, gradientName(name));
    expect(told).toHaveLength(values.length);
    const sample = Array.from(values.keys()).filter((i) => i % Math.ceil(values.length / 25) === 0);
    const measured: number[] = [];
    for (const at of sample) {
      const value = values[at] ?? 0;
      const rise = (await lossWith(values, at, value + shift)) - (await lossWith(values, at, value - shift));
      measured.push(rise / (2 * shift));
    }
    expect(
      cosine(
        sample.map((at) => told[at] ?? 0),
        measured,
      ),
      name,
    ).toBeGreaterThan(0.995);
  }
  await session.release();
});

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, v, i) => sum + v * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
