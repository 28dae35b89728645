import { KeylessError } from '../errors/errors.ts';
import type { Score } from './answer.ts';
import { softmax } from './classifier.ts';
import type { KindTest, PixelRule } from './kind.ts';
import { best } from './overlaps.ts';
import { numberList } from './properties.ts';
import { numbersOf, type Results } from './runtime.ts';

/** Width and height of each, in cells, where the metadata does not tell them. */
const ANCHORS = [0.573, 0.677, 1.87, 2.06, 3.34, 5.47, 7.88, 3.53, 9.77, 9.17];
/** Left, top, width, height and whether there is anything, before the scores of the tags. */
const HEAD = 5;
const LEAST_PROBABILITY = 0.01;
const OVERLAP = 0.45;
const MOST_BOXES = 64;

const RULE: PixelRule = {
  order: 'bgr',
  range: '0..255',
  size: 512,
  resize: 'pixels',
  crop: false,
  believesFile: false,
};

/** General (compact): a grid of cells, of which each says for some anchors what lies there (YOLOv2). */
export const grid: KindTest = ({ outputs, labels, properties }) => {
  const [output] = outputs;
  if (
    outputs.length !== 1 ||
    !output ||
    output.dims.length !== 4 ||
    output.dims.slice(2).every((dim) => dim === 1)
  )
    return undefined;
  const told = numberList(properties.get('CustomVision.Postprocess.Yolo.Biases'));
  const anchors = told && told.length >= 2 && told.length % 2 === 0 ? told : ANCHORS;
  const depth = (anchors.length / 2) * (HEAD + labels.length);
  const [, second, , last] = output.dims;
  if (second !== depth && last !== depth && second !== undefined && last !== undefined)
    throw unlike(labels.length, anchors.length / 2, output.dims);
  const overlap = Number(properties.get('CustomVision.Postprocess.Yolo.NmsThreshold'));
  return {
    name: 'General (compact) detector',
    task: 'detect',
    rule: RULE,
    notices: [],
    fetches: [output.name],
    readScores: (results) =>
      best(
        cellsOf(results, output.name, anchors, labels.length),
        overlap > 0 ? overlap : OVERLAP,
        MOST_BOXES,
      ),
  };
};

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Every tag that some cell and anchor is not quite sure to be absent. */
function cellsOf(results: Results, name: string, anchors: readonly number[], tags: number): Score[] {
  const { dims = [] } = results[name] ?? {};
  const values = numbersOf(results, name);
  const depth = (anchors.length / 2) * (HEAD + tags);
  const planes = dims[1] === depth;
  const [height = 0, width = 0] = planes ? dims.slice(2) : dims.slice(1);
  if (values.length !== depth * height * width) throw unlike(tags, anchors.length / 2, dims);
  const at = (channel: number, row: number, column: number): number =>
    values[planes ? (channel * height + row) * width + column : (row * width + column) * depth + channel] ??
    0;
  const scores: Score[] = [];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      for (let anchor = 0; anchor < anchors.length / 2; anchor += 1) {
        const first = anchor * (HEAD + tags);
        const there = sigmoid(at(first + 4, row, column));
        if (there < LEAST_PROBABILITY) continue;
        const x = (column + sigmoid(at(first, row, column))) / width;
        const y = (row + sigmoid(at(first + 1, row, column))) / height;
        const across = ((anchors[2 * anchor] ?? 0) * Math.exp(at(first + 2, row, column))) / width / 2;
        const down = ((anchors[2 * anchor + 1] ?? 0) * Math.exp(at(first + 3, row, column))) / height / 2;
        const sides = [x - across, y - down, x + across, y + down] as const;
        const raw = Array.from({ length: tags }, (_, tag) => at(first + HEAD + tag, row, column));
        for (const [tag, share] of softmax(raw).entries()) {
          const probability = there * share;
          if (probability >= LEAST_PROBABILITY) scores.push({ tag, probability, sides });
        }
      }
    }
  }
  return scores;
}

const unlike = (tags: number, anchors: number, dims: readonly (number | undefined)[]): KeylessError =>
  new KeylessError(
    'ExportInvalid',
    `Expected ${anchors} × (5 + ${tags}) = ${anchors * (HEAD + tags)} channels for ${tags} labels and ${anchors} anchors, but the answer is [${dims.map((dim) => dim ?? '?').join(',')}].`,
    { fix: 'Take model, labels.txt and metadata_properties.json from the same export.' },
  );
