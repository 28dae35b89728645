import { floatsOf } from '../../local/onnx/runtime.ts';
import type { KindTest } from './answer.ts';

/** Current classification exports, multiclass and multilabel: one float tensor [1,tags] in the order of labels.txt. */
export const classificationTensor: KindTest = (outputs, tagCount) => {
  const [output] = outputs;
  if (outputs.length !== 1 || !output?.isTensor) return undefined;
  if (output.type !== 'float32' || output.shape.length !== 2) return undefined;
  const [, answers] = output.shape;
  if (typeof answers === 'number' && answers !== tagCount) {
    throw new Error(
      `Expected as many labels as the model has answers, but there are ${tagCount} labels and ${answers} answers. ` +
        'Unpack model.onnx and labels.txt from the same export.',
    );
  }
  return {
    task: 'classify',
    readScores: (results) =>
      Array.from(floatsOf(results, output.name), (probability, tag) => ({ tag, probability })),
  };
};
