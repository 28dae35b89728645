import { KeylessError } from '../errors/errors.ts';
import { readAll, readFields, readText } from './protobuf.ts';

/** What is read of an operator. */
export type Node = { operator: string; inputs: string[]; outputs: string[]; body: Uint8Array };

/** A value that goes in or out, by its ONNX element type; 0 for what is no tensor. */
export type Value = { name: string; type: number; body: Uint8Array };

/**
 * An ONNX file as far as it matters before a runtime has it. Field numbers are those of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */
export type OnnxModel = {
  /** The operator set of ONNX itself. */
  opset: number;
  metadata: ReadonlyMap<string, string>;
  nodes: readonly Node[];
  /** Without the weights, which old files list among them. */
  inputs: readonly Value[];
  outputs: readonly Value[];
};

export const MODEL = { graph: 7, opset: 8, metadata: 14 };
export const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 };
/** https://onnx.ai/onnx/intro/concepts.html#element-type */
export const ELEMENT = { none: 0, float: 1, text: 8, half: 10 } as const;
/** The largest graph known has some hundreds. */
const MOST_NODES = 100_000;

/** Throws ExportInvalid when it is no ONNX file. */
export function readModel(file: Uint8Array): OnnxModel {
  try {
    const parts = readAll(file, MODEL.graph);
    // parts of a message, one after the other, are one message
    const graph = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    const opsets = readAll(file, MODEL.opset).map((entry) => ({
      domain: readText(entry, 1),
      version: Number([...readFields(entry)].find(({ number }) => number === 2)?.value ?? 0n),
    }));
    const weights = new Set(readAll(graph, GRAPH.initializer).map((tensor) => readText(tensor, 8)));
    const bodies = readAll(graph, GRAPH.node);
    if (bodies.length === 0) throw new RangeError('there is no operator in it');
    if (bodies.length > MOST_NODES)
      throw new RangeError(`${bodies.length} operators are more than any model has`);
    return {
      opset: opsets.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 1,
      metadata: new Map(
        readAll(file, MODEL.metadata).map((entry) => [readText(entry, 1), readText(entry, 2)]),
      ),
      nodes: bodies.map(readNode),
      inputs: readAll(graph, GRAPH.input)
        .map(readValue)
        .filter(({ name }) => !weights.has(name)),
      outputs: readAll(graph, GRAPH.output).map(readValue),
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KeylessError('ExportInvalid', `The model of ${file.length} bytes is no ONNX file: ${why}.`, {
      cause,
    });
  }
}

const texts = (message: Uint8Array, field: number): string[] =>
  readAll(message, field).map((text) => Buffer.from(text).toString());

const readNode = (body: Uint8Array): Node => ({
  operator: readText(body, 4),
  inputs: texts(body, 1),
  outputs: texts(body, 2),
  body,
});

function readValue(body: Uint8Array): Value {
  const [type = new Uint8Array()] = readAll(body, 2);
  const [tensor = new Uint8Array()] = readAll(type, 1);
  const element = [...readFields(tensor)].find(({ number }) => number === 1)?.value ?? 0n;
  return { name: readText(body, 1), type: Number(element), body };
}

/** The texts of a list attribute of an operator. */
export const textsAttribute = ({ body }: Node, name: string): string[] =>
  readAll(body, 5)
    .filter((attribute) => readText(attribute, 1) === name)
    .flatMap((attribute) => texts(attribute, 9));
