import { readAll, readText } from './protobuf.ts';

const metadataProps = 14;

/** The model's metadata_props, which the JavaScript runtimes do not expose. Throws RangeError when it is no ONNX file. */
export const readMetadata = (model: Uint8Array): Map<string, string> =>
  new Map(readAll(model, metadataProps).map((entry) => [readText(entry, 1), readText(entry, 2)]));
