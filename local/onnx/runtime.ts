import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { readAll, readText } from '../../src/exports/protobuf.ts';

export { type InferenceSession, Tensor };

/** Opens a model in the WebAssembly runtime. `threads` counts for the first session of a process and all after it. */
export async function openSession(model: Uint8Array, threads = 1): Promise<InferenceSession> {
  env.wasm.numThreads = threads;
  return InferenceSession.create(model, { executionProviders: ['wasm'] });
}

export const floatTensor = (data: Float32Array, dims: readonly number[]) => new Tensor('float32', data, dims);

/** A result that must be there and hold floats; throws when the model gave something else under that name. */
export function floatsOf(results: InferenceSession.OnnxValueMapType, name: string): Float32Array {
  const data = results[name]?.data;
  if (!(data instanceof Float32Array)) {
    throw new TypeError(`Expected the model's output "${name}" to be a float tensor, but it is not.`);
  }
  return data;
}

const metadataProps = 14;

/** The model's metadata_props, which the JavaScript runtimes do not expose. Throws RangeError when it is no ONNX file. */
export const readMetadata = (model: Uint8Array): Map<string, string> =>
  new Map(readAll(model, metadataProps).map((entry) => [readText(entry, 1), readText(entry, 2)]));
