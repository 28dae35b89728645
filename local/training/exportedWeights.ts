import { elementType, type Graph } from '../onnx/graph.ts';
import { toHalf } from '../onnx/halves.ts';
import type { Weights } from './network.ts';

/**
 * Puts the trained weights into a graph. Kernels are stored as halves, which halves the file; the Cast that restores
 * them is folded away when the model is loaded. Biases are few and stay whole.
 */
export function addWeights(graph: Graph, weights: Weights): void {
  for (const { name, dims, data } of weights) {
    if (dims.length === 1) {
      graph.constant(name, dims, data);
      continue;
    }
    const stored = graph.constant(`${name}_half`, dims, Uint16Array.from(data, toHalf));
    graph.nodeTo([name], 'Cast', [stored], { to: elementType.float });
  }
}

/** What the pixels must be, under the names the exports use. */
export const pixelMetadata = {
  'Image.BitmapPixelFormat': 'Rgb8',
  'Image.NominalPixelRange': 'NominalRange_0_255',
};
