import { KeylessError } from '../errors/errors.ts';
import { boxes } from './boxes.ts';
import { classifier } from './classifier.ts';
import { grid } from './grid.ts';
import type { Evidence, ExportKind, KindTest } from './kind.ts';

/** A further kind of export is one more file and one more entry. */
const KINDS: readonly KindTest[] = [boxes, classifier, grid];

/** Throws ExportKindUnknown with the outputs it found when no kind fits. */
export function chooseKind(evidence: Evidence): ExportKind {
  for (const test of KINDS) {
    const kind = test(evidence);
    if (kind) return kind;
  }
  const detector = autoMlDetector(evidence);
  const outputs = evidence.outputs
    .slice(0, 8)
    .map(({ own, type, dims }) => `${own} ${type} [${dims.map((dim) => dim ?? '?').join(',')}]`);
  throw new KeylessError(
    'ExportKindUnknown',
    `${detector ? `This is ${detector} of AutoML, whose detectors are not read yet` : 'No known kind answers so'}: the model’s outputs are ${outputs.join('; ')}.`,
  );
}

/** https://learn.microsoft.com/azure/machine-learning/how-to-inference-onnx-automl-image-models */
function autoMlDetector({ outputs, fromAutoMl, labels }: Evidence): string | undefined {
  const has = (word: RegExp) => outputs.some(({ own }) => word.test(own));
  if (has(/^boxes/u) && has(/^labels/u) && has(/^scores/u)) return 'a detector (Faster R-CNN or RetinaNet)';
  const rows = outputs.find(({ dims }) => dims.length === 3 && dims[2] === 5 + labels.length);
  if (rows) return 'a detector (YOLOv5)';
  return fromAutoMl ? 'a detector' : undefined;
}
