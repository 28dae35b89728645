import type { InferenceSession } from '../../local/onnx/runtime.ts';
import type { ExportKind, KindTest, Outputs } from './answer.ts';
import { classificationTensor } from './classificationTensor.ts';
import { detectionBoxes } from './detectionBoxes.ts';

/** A further kind of export is one more file and one more entry. */
const kinds: readonly KindTest[] = [classificationTensor, detectionBoxes];

/** Throws with the outputs it found when no kind fits. */
export function chooseKind(outputs: Outputs, tagCount: number): ExportKind {
  for (const test of kinds) {
    const kind = test(outputs, tagCount);
    if (kind) return kind;
  }
  throw new Error(
    `This export kind is not supported yet: the model's outputs are ${outputs.map(describe).join('; ')}. ` +
      'Supported are classification with one float tensor [1,tags], and detection with detected_boxes, ' +
      'detected_classes and detected_scores: retrain with a current compact domain ("General (compact) [S1]" ' +
      'for detection) and export it as ONNX (float).',
  );
}

const describe = (output: InferenceSession.ValueMetadata) =>
  output.isTensor
    ? `${output.name} ${output.type} [${output.shape.join(',')}]`
    : `${output.name} (no tensor)`;
