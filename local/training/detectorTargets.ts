import { tagNames } from '../drawing/fruits.ts';
import type { DrawnBox } from '../drawing/scene.ts';
import { area } from '../drawing/shape.ts';
import { cellCentre, cells, distanceScale, gridSize } from './detectorModel.ts';

/** What the grid should say for one picture, plane by plane: per tag for scores, left, top, right, bottom for distances. */
export type Targets = {
  scores: Float32Array;
  scoreWeights: Float32Array;
  distances: Float32Array;
  distanceWeights: Float32Array;
};

const coreReach = 0.12;
const outskirtsWeight = 0.1;

/**
 * Fills the targets (which start as zeros): cells around a fruit's middle, its core, must find it; the other cells in its
 * box may hesitate about its tag; all other cells must find nothing. Smaller fruits win cells from larger ones.
 */
export function fillTargets(boxes: readonly DrawnBox[], targets: Targets): void {
  targets.scoreWeights.fill(1);
  for (const box of boxes.toSorted((a, b) => area(b) - area(a))) {
    for (let cell = 0; cell < cells; cell++) {
      const [x, y] = cellCentre(cell);
      const distances = [x - box.left, y - box.top, box.left + box.width - x, box.top + box.height - y];
      if (distances.some((distance) => distance < 0)) continue;
      if (isCore(box, x, y)) claim(targets, cell, box, distances);
      else excuse(targets, cell, box);
    }
  }
}

function isCore(box: DrawnBox, x: number, y: number): boolean {
  const halfCell = 0.5 / gridSize;
  const across = Math.max(Math.abs(x - box.left - box.width / 2) - halfCell, 0) / box.width;
  const down = Math.max(Math.abs(y - box.top - box.height / 2) - halfCell, 0) / box.height;
  return across < coreReach && down < coreReach;
}

function claim(targets: Targets, cell: number, box: DrawnBox, distances: readonly number[]): void {
  tagNames.forEach((name, tag) => {
    targets.scores[tag * cells + cell] = name === box.tagName ? 1 : 0;
    targets.scoreWeights[tag * cells + cell] = 1;
  });
  distances.forEach((distance, side) => {
    targets.distances[side * cells + cell] = distance * distanceScale;
  });
  targets.distanceWeights[cell] = 1;
}

function excuse(targets: Targets, cell: number, box: DrawnBox): void {
  const at = tagNames.indexOf(box.tagName) * cells + cell;
  if (targets.scores[at] === 0) targets.scoreWeights[at] = outskirtsWeight;
}
