import { floatsOf } from '../../local/onnx/runtime.ts';
import type { KindTest, Results, Score } from './answer.ts';

const leastProbability = 0.01;
const expected = { detected_boxes: 'float32', detected_classes: 'int64', detected_scores: 'float32' };

/** General (compact) [S1] exports: finished boxes as left, top, right, bottom in fractions, each with a class and a score. */
export const detectionBoxes: KindTest = (outputs) => {
  const has = (name: string, type: string) =>
    outputs.some((output) => output.isTensor && output.name === name && output.type === type);
  const fits = Object.entries(expected).every(([name, type]) => has(name, type));
  return fits ? { task: 'detect', readScores } : undefined;
};

function readScores(results: Results): Score[] {
  const boxes = floatsOf(results, 'detected_boxes');
  const tags = results.detected_classes?.data;
  if (!(tags instanceof BigInt64Array)) {
    throw new TypeError('Expected the model\'s output "detected_classes" to hold int64, but it does not.');
  }
  const scores = Array.from(floatsOf(results, 'detected_scores'), (probability, i): Score => {
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes.subarray(i * 4, i * 4 + 4);
    return { tag: Number(tags[i] ?? -1), probability, sides: [left, top, right, bottom] };
  });
  return scores.filter(({ probability }) => probability >= leastProbability);
}
