import { gaussian, type Random } from '../drawing/random.ts';
import type { Graph } from '../onnx/graph.ts';

/** A convolution padded so that a stride of 1 keeps the size; `kernel` is odd. */
export type Layer = { channels: number; kernel: number; stride?: number; dilation?: number };

/** A ReLU follows every layer but the last. With `pooled` the last layer sees the mean of the feature map before it. */
export type Network = { size: number; pooled: boolean; layers: readonly Layer[] };

/** A layer with everything that follows from its place in the network. */
export type PlacedLayer = Required<Layer> & {
  index: number;
  last: boolean;
  inChannels: number;
  /** Sides of the square maps that come in and go out; `mapSize` is the side before pooling. */
  mapSize: number;
  inSize: number;
  outSize: number;
  padding: number;
};

export type Weights = { name: string; dims: number[]; data: Float32Array }[];

const inputChannels = 3;

export function placeLayers({ size, pooled, layers }: Network): PlacedLayer[] {
  let inChannels = inputChannels;
  let mapSize = size;
  return layers.map(({ channels, kernel, stride = 1, dilation = 1 }, index) => {
    const last = index === layers.length - 1;
    const inSize = pooled && last ? 1 : mapSize;
    const outSize = Math.floor((inSize - 1) / stride) + 1;
    const placed = {
      ...{ channels, kernel, stride, dilation, index, last, inChannels },
      ...{ mapSize, inSize, outSize, padding: (dilation * (kernel - 1)) / 2 },
    };
    inChannels = channels;
    mapSize = outSize;
    return placed;
  });
}

/** Names the graphs give to a layer's kernel and bias. */
export const kernelName = (layer: PlacedLayer) => `kernel${layer.index}`;
export const biasName = (layer: PlacedLayer) => `bias${layer.index}`;
export const kernelDims = (layer: PlacedLayer) => [
  layer.channels,
  layer.inChannels,
  layer.kernel,
  layer.kernel,
];

/** He initialisation (https://arxiv.org/abs/1502.01852), smaller in the last layer so that training starts undecided. */
export function initialWeights(network: Network, random: Random): Weights {
  return placeLayers(network).flatMap((layer) => {
    const fanIn = layer.inChannels * layer.kernel ** 2;
    const deviation = Math.sqrt(2 / fanIn) * (layer.last ? 0.3 : 1);
    const data = Float32Array.from({ length: layer.channels * fanIn }, () => gaussian(random) * deviation);
    return [
      { name: kernelName(layer), dims: kernelDims(layer), data },
      { name: biasName(layer), dims: [layer.channels], data: new Float32Array(layer.channels) },
    ];
  });
}

export const square = (value: number, times = 2) => Array.from({ length: times }, () => value);

export const convolution = (layer: PlacedLayer) => ({
  kernel_shape: square(layer.kernel),
  strides: square(layer.stride),
  dilations: square(layer.dilation),
  pads: square(layer.padding, 4),
});

/** What went into each layer and what came out, as value names; `output` is the last layer's. */
export type Activations = { inputs: string[]; outputs: string[]; output: string };

/** Adds the network to a graph that has kernels and biases under their names. Pixels are 0..255. */
export function addForward(graph: Graph, network: Network, pixels: string): Activations {
  const centred = graph.node('Sub', [pixels, graph.scalar(127.5)]);
  let output = graph.node('Mul', [centred, graph.scalar(1 / 64)]);
  const inputs: string[] = [];
  const outputs: string[] = [];
  for (const layer of placeLayers(network)) {
    if (network.pooled && layer.last) output = graph.node('GlobalAveragePool', [output]);
    inputs.push(output);
    output = graph.node('Conv', [output, kernelName(layer), biasName(layer)], convolution(layer));
    if (!layer.last) output = graph.node('Relu', [output]);
    outputs.push(output);
  }
  return { inputs, outputs, output };
}
