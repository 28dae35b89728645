import { elementType, type Graph } from '../onnx/graph.ts';
import {
  type Activations,
  biasName,
  convolution,
  kernelDims,
  kernelName,
  type Network,
  type PlacedLayer,
  placeLayers,
  square,
} from './network.ts';

export const gradientName = (weight: string) => `gradient_${weight}`;

/**
 * Adds backpropagation: from the derivative of the loss by the network's output to that by every kernel and bias, which
 * become outputs named by gradientName.
 */
export function addBackward(
  graph: Graph,
  network: Network,
  activations: Activations,
  batch: number,
  outputDerivative: string,
): void {
  const zero = graph.scalar(0);
  const allButChannels = graph.integers(0, 2, 3);
  let derivative = outputDerivative;
  for (const layer of placeLayers(network).reverse()) {
    const input = activations.inputs[layer.index] ?? '';
    if (!layer.last) {
      const passed = graph.node('Greater', [activations.outputs[layer.index] ?? '', zero]);
      derivative = graph.node('Where', [passed, derivative, zero]);
    }
    const bias = gradientName(biasName(layer));
    graph.nodeTo([bias], 'ReduceSum', [derivative, allButChannels], { keepdims: 0 });
    graph.output(bias, elementType.float, [layer.channels]);
    addKernelGradient(graph, layer, input, derivative);
    if (layer.index > 0) derivative = addInputDerivative(graph, network, layer, batch, derivative);
  }
}

/**
 * A kernel's gradient is itself a convolution: of the layer's input by the output's derivative, with batch and channels
 * swapped, stride and dilation swapped.
 */
function addKernelGradient(graph: Graph, layer: PlacedLayer, input: string, derivative: string): void {
  const swap = { perm: [1, 0, 2, 3] };
  const whole = graph.node(
    'Conv',
    [graph.node('Transpose', [input], swap), graph.node('Transpose', [derivative], swap)],
    {
      kernel_shape: square(layer.outSize),
      strides: square(layer.dilation),
      dilations: square(layer.stride),
      pads: square(layer.padding, 4),
    },
  );
  // A stride that leaves pixels over makes the result one larger than the kernel.
  const exact = graph.node('Slice', [
    whole,
    graph.integers(0, 0),
    graph.integers(layer.kernel, layer.kernel),
    graph.integers(2, 3),
  ]);
  const kernel = gradientName(kernelName(layer));
  graph.nodeTo([kernel], 'Transpose', [exact], swap);
  graph.output(kernel, elementType.float, kernelDims(layer));
}

function addInputDerivative(
  graph: Graph,
  network: Network,
  layer: PlacedLayer,
  batch: number,
  derivative: string,
): string {
  const reached = (layer.outSize - 1) * layer.stride + 1;
  const input = graph.node('ConvTranspose', [derivative, kernelName(layer)], {
    ...convolution(layer),
    output_padding: square(layer.inSize - reached),
  });
  if (!(network.pooled && layer.last)) return input;
  const share = graph.node('Mul', [input, graph.scalar(1 / layer.mapSize ** 2)]);
  return graph.node('Expand', [share, graph.integers(batch, layer.inChannels, layer.mapSize, layer.mapSize)]);
}
