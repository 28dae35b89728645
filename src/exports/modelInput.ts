import type { InferenceSession } from '../../local/onnx/runtime.ts';

/** The pixels a model wants: one picture as planes of floats. */
export type ModelInput = {
  name: string;
  width: number;
  height: number;
  order: 'rgb' | 'bgr';
  /** What a byte (0..255) is multiplied with. */
  scale: number;
};

const orders = new Map<string | undefined, ModelInput['order']>([
  ['Rgb8', 'rgb'],
  ['Bgr8', 'bgr'],
  [undefined, 'rgb'],
]);

const scales = new Map<string | undefined, number>([
  ['NominalRange_0_255', 1],
  ['Normalized_0_1', 1 / 255],
  [undefined, 1 / 255],
]);

/**
 * Size from the session, colour order and range from the model's metadata_props, with the defaults of Microsoft's sample
 * when they are missing: https://github.com/Azure-Samples/customvision-export-samples
 */
export function readModelInput(session: InferenceSession, metadata: ReadonlyMap<string, string>): ModelInput {
  const [input] = session.inputMetadata;
  if (!input?.isTensor || session.inputMetadata.length !== 1) {
    throw new Error(
      `Expected a model with one picture as its input, but it takes ${session.inputNames.join(', ')}.`,
    );
  }
  const [, channels, height, width] = input.shape;
  if (input.type !== 'float32' || channels !== 3 || typeof height !== 'number' || typeof width !== 'number') {
    throw new Error(
      `Expected the model's input to be float32 [1,3,height,width], but "${input.name}" is ${input.type} ` +
        `[${input.shape.join(',')}]. This export kind is not supported yet.`,
    );
  }
  return {
    ...{ name: input.name, width, height },
    order: known(orders, metadata.get('Image.BitmapPixelFormat'), 'Image.BitmapPixelFormat'),
    scale: known(scales, metadata.get('Image.NominalPixelRange'), 'Image.NominalPixelRange'),
  };
}

function known<T>(table: ReadonlyMap<string | undefined, T>, key: string | undefined, name: string): T {
  const value = table.get(key);
  if (value !== undefined) return value;
  const names = [...table.keys()].filter((one) => one !== undefined);
  throw new Error(`Expected the model's ${name} to be ${names.join(' or ')}, but it is ${key}.`);
}
