import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { KeylessError } from '../errors/errors.ts';

type Runtime = typeof import('onnxruntime-node');
export type Results = Readonly<Record<string, Pick<Tensor, 'data' | 'dims'>>>;

/** A number is a fixed size, anything else one that is known when the model runs. */
export type TensorInfo = { name: string; type: string; dims: readonly (number | undefined)[] };

export type Session = {
  inputs: TensorInfo[];
  outputs: TensorInfo[];
  run(
    input: string,
    data: Float32Array,
    dims: readonly number[],
    fetches: readonly string[],
  ): Promise<Results>;
  close(): Promise<void>;
};

let loading: Promise<Runtime> | undefined;

/** onnxruntime-node, native code, loaded with the first model. Rejects with RuntimeMissing. */
function loadRuntime(): Promise<Runtime> {
  loading ??= import('onnxruntime-node').catch((cause: unknown) => {
    loading = undefined;
    throw new KeylessError(
      'RuntimeMissing',
      `The package onnxruntime-node cannot be loaded on ${process.platform}-${process.arch}, Node ${process.version}.`,
      { cause },
    );
  });
  return loading;
}

/** Opens a model. Rejects with RuntimeMissing, and with ExportInvalid where the runtime does not take it. */
export async function openSession(model: Uint8Array): Promise<Session> {
  const runtime = await loadRuntime();
  // waiting threads that spin would take the processor from everything else
  const options = { extra: { session: { intra_op: { allow_spinning: '0' } } }, logSeverityLevel: 4 } as const;
  const session = await runtime.InferenceSession.create(model, options).catch((cause: unknown) => {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new KeylessError('ExportInvalid', `The runtime cannot load the model: ${words.slice(0, 500)}`, {
      cause,
    });
  });
  return {
    inputs: session.inputMetadata.flatMap(infoOf),
    outputs: session.outputMetadata.flatMap(infoOf),
    async run(input, data, dims, fetches) {
      const [batch = 1] = dims;
      // the one picture as often as the model wants it; of its answers the first
      const pictures =
        batch === 1
          ? data
          : Float32Array.from({ length: batch * data.length }, (_, i) => data[i % data.length] ?? 0);
      const feeds = { [input]: new runtime.Tensor('float32', pictures, dims) };
      const results = await session.run(feeds, [...fetches]).catch((cause: unknown) => {
        throw runFault(cause);
      });
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [name, firstOf(tensor, batch)]),
      );
    },
    close: () => session.release(),
  };
}

/** Want of memory passes; anything else is in the model. */
function runFault(cause: unknown): KeylessError {
  const words = (cause instanceof Error ? cause.message : String(cause)).slice(0, 500);
  const code = /alloc/iu.test(words) ? 'ExportCrashed' : 'ExportInvalid';
  return new KeylessError(code, `The runtime cannot run the model: ${words}`, { cause });
}

function firstOf({ data, dims }: Tensor, batch: number): Results[string] {
  if (batch === 1 || dims[0] !== batch || Array.isArray(data)) return { data, dims };
  return { data: data.subarray(0, data.length / batch), dims: [1, ...dims.slice(1)] };
}

const infoOf = (value: InferenceSession.ValueMetadata): TensorInfo[] =>
  value.isTensor
    ? [
        {
          name: value.name,
          type: value.type,
          dims: value.shape.map((dim) => (typeof dim === 'number' && dim > 0 ? dim : undefined)),
        },
      ]
    : [];

/** Numbers of a result, whatever the runtime holds them in; throws where there are none. */
export function numbersOf(results: Results, name: string): ArrayLike<number> {
  const data = results[name]?.data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Array.from(data, Number);
  if (data === undefined || Array.isArray(data) || !ArrayBuffer.isView(data))
    throw new KeylessError('ExportInvalid', `The model gave no numbers as ${JSON.stringify(name)}.`);
  return data as unknown as ArrayLike<number>;
}
