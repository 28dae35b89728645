import type { Task } from './answer.ts';
import type { Manifest } from './manifest.ts';

const METHODS: Readonly<Record<string, Task>> = {
  ClassificationMultiClass: 'classify',
  ClassificationMultiLabel: 'classify',
  Yolo: 'detect',
  SSD: 'detect',
};
export const METHOD = 'CustomVision.Postprocess.Method';

const told = (task: Task) => (task === 'detect' ? 'a detector' : 'a classifier');

/** Where manifest, metadata and tensors say different kinds of the same export; published ones do. Tensors count. */
export function contradictions(
  { task: inManifest }: Manifest,
  method: string | undefined,
  inTensors?: Task,
): string[] {
  const inMetadata = METHODS[method ?? ''];
  const words = [
    inManifest && { says: 'the manifest', task: inManifest },
    inMetadata && { says: `the metadata (${method})`, task: inMetadata },
    inTensors && { says: 'the model itself', task: inTensors },
  ].filter((word) => word !== undefined);
  if (new Set(words.map(({ task }) => task)).size < 2) return [];
  const list = words.map(({ says, task }) => `${says} says ${told(task)}`).join(', ');
  return [`The parts do not agree: ${list}${inTensors ? '; the model counts' : ''}.`];
}
