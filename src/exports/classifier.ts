import { KeylessError } from '../errors/errors.ts';
import type { Evidence, KindTest, PixelRule } from './kind.ts';
import type { OnnxModel } from './onnxModel.ts';
import { numbersOf } from './runtime.ts';

/** What all of them take that have come from Custom Vision, if their metadata says nothing else. */
const RULE: PixelRule = {
  order: 'bgr',
  range: '0..255',
  size: 224,
  resize: 'stretch',
  crop: false,
  believesFile: true,
};

/** As AutoML prepares them: https://learn.microsoft.com/azure/machine-learning/how-to-inference-onnx-automl-image-models */
const AUTOML_RULE: PixelRule = {
  ...RULE,
  order: 'rgb',
  range: '0..1',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  margin: 256 / 224,
};

/**
 * Classifiers: one tensor [1,tags] in the order of the labels, multiclass and multilabel. Those of 2018 and 2019 have it
 * before a ZipMap, and were shown the middle square.
 */
export const classifier: KindTest = ({ outputs, labels, model, fromAutoMl }) => {
  const [output] = outputs;
  if (outputs.length !== 1 || !output || !isRow(output.dims)) return undefined;
  const answers = output.dims[1];
  if (answers !== undefined && answers !== labels.length) throw unlike(labels.length, answers);
  const zipped = model.nodes.some(({ operator }) => operator === 'ZipMap');
  const head = headOf(model, output.own);
  const isRaw = RAW.has(head);
  return {
    name: fromAutoMl ? 'AutoML classifier' : zipped ? 'classifier of 2018 or 2019' : 'classifier',
    task: 'classify',
    rule: fromAutoMl ? AUTOML_RULE : { ...RULE, crop: zipped },
    notices: noticesOf(fromAutoMl, isRaw),
    fetches: [output.name],
    readScores: (results) => {
      const values = numbersOf(results, output.name);
      if (values.length !== labels.length) throw unlike(labels.length, values.length);
      const told = Array.from(values);
      const needed = isRaw && (fromAutoMl || told.some((value) => value < 0 || value > 1));
      return (needed ? softmax(told) : told).map((probability, tag) => ({ tag, probability }));
    },
  };
};

/** [batch, tags], perhaps with sides of 1 behind. */
const isRow = (dims: Evidence['outputs'][number]['dims']): boolean =>
  dims.length >= 2 && dims.slice(2).every((dim) => dim === 1);

/** Operators that give scores, not probabilities. */
const RAW: ReadonlySet<string> = new Set(['Gemm', 'MatMul', 'Add', 'Conv']);
const PASSED = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Cast', 'Transpose']);

/** The operator that an answer comes out of, past those that change its shape alone. */
function headOf({ nodes }: OnnxModel, output: string): string {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  let maker = makers.get(output);
  for (let steps = 0; maker && PASSED.has(maker.operator) && steps < 50; steps += 1)
    maker = makers.get(maker.inputs[0] ?? '');
  return maker?.operator ?? '';
}

function noticesOf(fromAutoMl: boolean, isRaw: boolean): string[] {
  if (!isRaw) return [];
  return fromAutoMl
    ? ['AutoML’s files do not tell multiclass from multilabel: it is taken for multiclass (softmax).']
    : ['The model ends in scores, not in probabilities: where they are none, softmax is applied.'];
}

export function softmax(values: readonly number[]): number[] {
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = values.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

const unlike = (labels: number, answers: number): KeylessError =>
  new KeylessError(
    'ExportInvalid',
    `Expected as many labels as the model has answers, but there are ${labels} labels and ${answers} answers.`,
    { fix: 'Take model and labels from the same export.' },
  );
