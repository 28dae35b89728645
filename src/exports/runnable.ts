import { ELEMENT, GRAPH, MODEL, type OnnxModel } from './onnxModel.ts';
import { type Field, readAll, readFields, readText, writeBytes, writeInt, writeText } from './protobuf.ts';

/** A model as the runtime gets it; each output by its own name, and the one to ask for. */
export type Runnable = { file: Uint8Array; outputs: { name: string; fetch: string }[] };

/**
 * Makes a model that takes and gives nothing but numbers the runtime can hand over, whatever kind it is: halves are cast
 * at the edges, since runtimes for JavaScript differ in how they hold them, and a ZipMap, which they cannot hand over at
 * all, is passed by: the tensor that it reads becomes an output.
 */
export function makeRunnable(file: Uint8Array, { inputs, outputs, nodes }: OnnxModel): Runnable {
  const added: Uint8Array[] = [];
  const asked: Runnable['outputs'] = [];
  const cast = (from: string, to: string, type: number) =>
    added.push(writeBytes(GRAPH.node, castNode(from, to, type)));
  const isOutput = new Set(outputs.map(({ name }) => name));
  for (const { name, type } of outputs) {
    if (type === ELEMENT.none || type === ELEMENT.text) continue; // a ZipMap, and the best label beside it
    const fetch = type === ELEMENT.half ? `${name}_as_float` : name;
    asked.push({ name, fetch });
    if (fetch === name) continue;
    cast(name, fetch, ELEMENT.float);
    added.push(writeBytes(GRAPH.output, floatValue(fetch)));
  }
  for (const node of nodes) {
    const [name] = node.operator === 'ZipMap' ? node.inputs : [];
    if (name === undefined || isOutput.has(name)) continue;
    asked.push({ name, fetch: name });
    added.push(writeBytes(GRAPH.output, floatValue(name)));
  }
  const halves = inputs.filter(({ type }) => type === ELEMENT.half);
  for (const { name, body } of halves) {
    added.push(writeBytes(GRAPH.input, asFloats(body, `${name}_as_float`)));
    cast(`${name}_as_float`, name, ELEMENT.half);
  }
  if (added.length === 0) return { file, outputs: asked };
  return { file: withGraph(file, new Set(halves.map(({ name }) => name)), added), outputs: asked };
}

/** https://onnx.ai/onnx/operators/onnx__Cast.html */
const castNode = (from: string, to: string, type: number): Uint8Array =>
  Buffer.concat([
    ...[writeText(1, from), writeText(2, to), writeText(4, 'Cast')],
    writeBytes(5, writeText(1, 'to'), writeInt(3, type), writeInt(20, 2)),
  ]);

const floatValue = (name: string): Uint8Array =>
  Buffer.concat([writeText(1, name), writeBytes(2, writeBytes(1, writeInt(1, ELEMENT.float)))]);

/** The same shape under another name, of floats. */
function asFloats(value: Uint8Array, name: string): Uint8Array {
  const [type = new Uint8Array()] = readAll(value, 2);
  const [tensor = new Uint8Array()] = readAll(type, 1);
  const shape = readAll(tensor, 2).map((dims) => writeBytes(2, dims));
  const floats = writeBytes(1, writeInt(1, ELEMENT.float), ...shape);
  return Buffer.concat([writeText(1, name), writeBytes(2, floats)]);
}

/** The file anew: its graph without some inputs, and with more fields before it. */
function withGraph(file: Uint8Array, dropped: ReadonlySet<string>, added: Uint8Array[]): Uint8Array {
  const again = ({ number, value, bytes }: Field) =>
    bytes ? writeBytes(number, bytes) : writeInt(number, value ?? 0n);
  const outside: Uint8Array[] = [];
  const inside: Uint8Array[] = [...added];
  for (const field of readFields(file)) {
    if (field.number !== MODEL.graph || !field.bytes) {
      outside.push(again(field));
      continue;
    }
    for (const part of readFields(field.bytes)) {
      const isDropped = part.number === GRAPH.input && part.bytes && dropped.has(readText(part.bytes, 1));
      if (!isDropped) inside.push(again(part));
    }
  }
  return Buffer.concat([...outside, writeBytes(MODEL.graph, ...inside)]);
}
