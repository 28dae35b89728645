import { tagNames } from '../drawing/fruits/fruits.ts';
import { type Network, placeLayers } from './network.ts';

const features = 64;
const boxSides = 4;

/** One grid of cells; each holds a score per tag and the distances to the four sides of its box. The dilated layers see far. */
export const detectorNetwork: Network = {
  size: 160,
  pooled: false,
  layers: [
    { channels: 16, kernel: 3, stride: 2 },
    { channels: 32, kernel: 3, stride: 2 },
    { channels: 48, kernel: 3, stride: 2 },
    { channels: features, kernel: 3 },
    { channels: features, kernel: 3, dilation: 2 },
    { channels: features, kernel: 3, dilation: 4 },
    { channels: tagNames.length + boxSides, kernel: 1 },
  ],
};

/** Cells on one side of the grid. */
export const gridSize = placeLayers(detectorNetwork).at(-1)?.outSize ?? 0;
export const cells = gridSize * gridSize;

/** Distances are learnt this much larger, so that they weigh about as much as the scores. */
export const distanceScale = 4;

/** The middle of a cell as fractions of the picture. */
export const cellCentre = (cell: number): [x: number, y: number] => [
  ((cell % gridSize) + 0.5) / gridSize,
  (Math.floor(cell / gridSize) + 0.5) / gridSize,
];
