import { env, InferenceSession, Tensor } from 'onnxruntime-web';

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
