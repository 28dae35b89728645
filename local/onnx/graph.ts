import { writeBytes, writeInt, writeText } from '../../src/exports/protobuf.ts';

/** A number is a fixed size, a text a size that is known when the model runs. */
export type Dimensions = readonly (number | string)[];

/** Uint16Array holds halves (see halves.ts). */
export type TensorData = Float32Array | BigInt64Array | Uint16Array;

export type Attributes = Record<string, number | readonly number[]>;

/** https://onnx.ai/onnx/intro/concepts.html#element-type */
export const elementType = { float: 1, int64: 7, half: 10 } as const;
export type ElementType = (typeof elementType)[keyof typeof elementType];

/** A graph under construction. Every method that adds a value returns its name, to be used as an input further on. */
export type Graph = {
  input(name: string, type: ElementType, shape: Dimensions): string;
  /** Makes the value of that name, wherever it is computed, a result of the model. */
  output(name: string, type: ElementType, shape: Dimensions): void;
  constant(name: string, dims: readonly number[], data: TensorData): string;
  scalar(value: number): string;
  /** A list of int64, the form in which operators take axes and shapes. */
  integers(...values: number[]): string;
  /** Adds an operator (https://onnx.ai/onnx/operators/) whose only output gets a name of its own. */
  node(operator: string, inputs: readonly string[], attributes?: Attributes): string;
  /** Adds an operator whose outputs are named by the caller. */
  nodeTo(
    outputs: readonly string[],
    operator: string,
    inputs: readonly string[],
    attributes?: Attributes,
  ): void;
  /** The finished file; `metadata` becomes its metadata_props. */
  model(metadata?: Record<string, string>): Uint8Array;
};

/** Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 (IR version 8, operator set 17). */
export function newGraph(): Graph {
  const fields: Uint8Array[] = [];
  let values = 0;
  const freshName = (kind: string) => `${kind}${++values}`;

  const constant: Graph['constant'] = (name, dims, data) => {
    fields.push(writeBytes(5, tensor(name, dims, data)));
    return name;
  };
  const nodeTo: Graph['nodeTo'] = (outputs, operator, inputs, attributes = {}) => {
    fields.push(
      writeBytes(
        1,
        ...inputs.map((name) => writeText(1, name)),
        ...outputs.map((name) => writeText(2, name)),
        writeText(4, operator),
        ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      ),
    );
  };
  return {
    input: (name, type, shape) => {
      fields.push(writeBytes(11, valueInfo(name, type, shape)));
      return name;
    },
    output: (name, type, shape) => {
      fields.push(writeBytes(12, valueInfo(name, type, shape)));
    },
    constant,
    scalar: (value) => constant(freshName('scalar'), [], Float32Array.of(value)),
    integers: (...numbers) =>
      constant(freshName('integers'), [numbers.length], BigInt64Array.from(numbers.map(BigInt))),
    node: (operator, inputs, attributes) => {
      const name = freshName(operator);
      nodeTo([name], operator, inputs, attributes);
      return name;
    },
    nodeTo,
    model: (metadata = {}) =>
      Buffer.concat([
        writeInt(1, 8),
        writeText(2, 'keyless-vision'),
        writeBytes(7, writeText(2, 'graph'), ...fields),
        writeBytes(8, writeText(1, ''), writeInt(2, 17)),
        ...Object.entries(metadata).map(([name, value]) =>
          writeBytes(14, writeText(1, name), writeText(2, value)),
        ),
      ]),
  };
}

function tensor(name: string, dims: readonly number[], data: TensorData): Uint8Array {
  const type =
    data instanceof Float32Array
      ? elementType.float
      : data instanceof BigInt64Array
        ? elementType.int64
        : elementType.half;
  return Buffer.concat([
    ...dims.map((dim) => writeInt(1, dim)),
    writeInt(2, type),
    writeText(8, name),
    writeBytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ]);
}

function attribute(name: string, value: number | readonly number[]): Uint8Array {
  const written =
    typeof value === 'number'
      ? [writeInt(3, value), writeInt(20, 2)]
      : [...value.map((one) => writeInt(8, one)), writeInt(20, 7)];
  return writeBytes(5, writeText(1, name), ...written);
}

function valueInfo(name: string, type: ElementType, shape: Dimensions): Uint8Array {
  const dims = shape.map((dim) =>
    writeBytes(1, typeof dim === 'number' ? writeInt(1, dim) : writeText(2, dim)),
  );
  const tensorType = writeBytes(1, writeInt(1, type), writeBytes(2, ...dims));
  return Buffer.concat([writeText(1, name), writeBytes(2, tensorType)]);
}
