import { KeylessError } from '../errors/errors.ts';
import type { PixelRule } from './kind.ts';
import { numberList, type Properties, wholeNumber } from './properties.ts';
import type { TensorInfo } from './runtime.ts';

/** The pixels a model wants, all decided. */
export type Pixels = {
  /** The input’s name. */
  input: string;
  /** Pictures at a time; more than one where the model takes no fewer. */
  batch: number;
  /** Whether a colour is a plane, or the last dimension. */
  planes: boolean;
  order: 'rgb' | 'bgr';
  /** What becomes of a byte (0..255) of red, green and blue: times the factor, plus the offset. */
  factors: readonly number[];
  offsets: readonly number[];
  size: { width: number; height: number } | { target: number; by: 'pixels' | 'shorter' };
  crop: boolean;
  margin: number;
};

const FORMAT = 'Image.BitmapPixelFormat';
const RANGE = 'Image.NominalPixelRange';
const CROP = 'CustomVision.Preprocess.CropMethod';
const RESIZE = 'CustomVision.Preprocess.ResizeMethod';
/** Of any compact domain, and of what can be had in memory beside others. */
const MOST_SIDE = 4_096;
const MOST_BATCH = 64;

const ORDERS: Readonly<Record<string, PixelRule['order']>> = {
  ...{ Rgb8: 'rgb', Rgba8: 'rgb', Bgr8: 'bgr', Bgra8: 'bgr' },
};
const RANGES: Readonly<Record<string, PixelRule['range']>> = {
  ...{ NominalRange_0_255: '0..255', Normalized_0_1: '0..1', Normalized_1_1: '-1..1' },
};
const SCALES: Record<PixelRule['range'], [factor: number, offset: number]> = {
  ...{ '0..255': [1, 0], '0..1': [1 / 255, 0], '-1..1': [2 / 255, -1] },
};
const METHODS: Readonly<Record<string, PixelRule['resize']>> = {
  ...{ Stretch: 'stretch', ByPixelCountAlign32: 'pixels', ByShorterSideAlign32: 'shorter' },
};

/** Decides from the input’s own dimensions, then the metadata, then the rule of the kind; what the rule decided is noticed. */
export function decidePixels(
  inputs: readonly TensorInfo[],
  rule: PixelRule,
  properties: Properties,
): { pixels: Pixels; notices: string[] } {
  const [input] = inputs;
  if (!input || inputs.length !== 1 || input.dims.length !== 4) throw unknown(inputs);
  const [batch = 1, second, third, last] = input.dims;
  const planes = last !== 3 || second === 3;
  if (input.type !== 'float32' || (planes && second !== 3 && second !== undefined)) throw unknown(inputs);
  const [height, width] = planes ? [third, last] : [second, third];
  if ((height ?? 0) > MOST_SIDE || (width ?? 0) > MOST_SIDE || batch > MOST_BATCH) throw unknown(inputs);

  const notices: string[] = [];
  const believed = (name: string) =>
    rule.believesFile || properties.isOfModel(name) ? properties.get(name) : undefined;
  const decide = <T extends string>(name: string, known: Readonly<Record<string, T>>, otherwise: T): T => {
    const told = believed(name);
    const value = told === undefined ? undefined : known[told];
    if (value !== undefined) return value;
    notices.push(
      told === undefined
        ? `The export does not tell ${name}: ${otherwise} is taken, as exports of this kind want it.`
        : `${name} is ${told}, which is not known: ${otherwise} is taken, as exports of this kind want it.`,
    );
    return otherwise;
  };
  const order = decide(FORMAT, ORDERS, rule.order);
  const range = decide(RANGE, RANGES, rule.range);
  const [factor, offset] = SCALES[range];
  const ofEach = (name: string, otherwise: readonly number[]) => {
    const told = numberList(believed(name));
    return told?.length === 3 && told.some((value) => value !== 0) ? told : otherwise;
  };
  const mean = ofEach('CustomVision.Preprocess.NormalizeMean', rule.mean ?? [0, 0, 0]);
  const std = ofEach('CustomVision.Preprocess.NormalizeStd', rule.std ?? [1, 1, 1]);
  const pixels: Pixels = {
    input: input.name,
    batch,
    planes,
    order,
    factors: std.map((deviation) => factor / (deviation || 1)),
    offsets: std.map((deviation, colour) => (offset - (mean[colour] ?? 0)) / (deviation || 1)),
    size: sizeOf(width, height, rule, properties, notices),
    crop: cropOf(properties.get(CROP), rule, notices),
    margin: rule.margin ?? 1,
  };
  return { pixels, notices };
}

function sizeOf(
  width: number | undefined,
  height: number | undefined,
  rule: PixelRule,
  properties: Properties,
  notices: string[],
): Pixels['size'] {
  const fixed = width ?? height;
  if (fixed !== undefined) return { width: width ?? fixed, height: height ?? fixed };
  const told = {
    width: wholeNumber(properties.get('CustomVision.Preprocess.TargetWidth')),
    height: wholeNumber(properties.get('CustomVision.Preprocess.TargetHeight')),
  };
  const target = told.width ?? told.height;
  if (target === undefined)
    notices.push(`Neither model nor metadata tell the size: ${rule.size} pixels are taken.`);
  const resize = METHODS[properties.get(RESIZE) ?? ''] ?? rule.resize;
  const side = target ?? rule.size;
  return resize === 'stretch'
    ? { width: told.width ?? side, height: told.height ?? side }
    : { target: side, by: resize };
}

function cropOf(told: string | undefined, rule: PixelRule, notices: string[]): boolean {
  if (told === undefined) return rule.crop;
  if (told !== 'FullImageShorterSide' && told !== 'NoCrop')
    notices.push(`${CROP} is ${told}, which is not known: nothing is cropped.`);
  return told === 'FullImageShorterSide';
}

const unknown = (inputs: readonly TensorInfo[]): KeylessError =>
  new KeylessError(
    'ExportKindUnknown',
    `Expected one picture as [1,3,height,width] of at most ${MOST_SIDE} pixels a side, but the model takes ${
      inputs
        .slice(0, 8)
        .map(({ name, type, dims }) => `${name} ${type} [${dims.map((dim) => dim ?? '?').join(',')}]`)
        .join('; ') || 'nothing'
    }.`,
  );
