import type { Weights } from './network.ts';

const firstDecay = 0.9;
const secondDecay = 0.999;
const weightDecay = 1e-4;

export type Adam = (gradientOf: (name: string) => Float32Array, rate: number) => void;

/**
 * Adam with decoupled weight decay on kernels, not on biases (https://arxiv.org/abs/1711.05101). Each call changes the
 * weights in place.
 */
export function newAdam(weights: Weights): Adam {
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
