import type { DocumentResult, PredictionDocument } from '../../../storage/document.ts';
import { csvLine } from '../../csvLine.ts';
import type { Form } from './form.ts';

const COLUMNS = [
  ...['name', 'status', 'code', 'completedAt', 'width', 'height'],
  ...['model', 'iteration', 'threshold', 'tag', 'probability', 'accepted'],
  ...['left', 'top', 'boxWidth', 'boxHeight'],
];

/** A line for each prediction, boxes in fractions of the picture; what has no prediction, as a failed one, has one line too. */
export const csv = (): Form => ({
  opening: csvLine(COLUMNS),
  add: (document) => [linesOf(document).map(csvLine).join('')],
  closings: () => [''],
  state: () => null,
});

function linesOf(document: PredictionDocument) {
  const { status, error, completedAt, results } = document;
  const { name, url, width, height } = document.image;
  const picture = [name ?? url, status, error?.code, completedAt, width, height];
  const rest = COLUMNS.slice(picture.length);
  if (results.length === 0) return [[...picture, ...rest.map(() => undefined)]];
  return results.flatMap((result) => cellsOf(result).map((cells) => [...picture, ...cells]));
}

function cellsOf({ model, iteration, threshold, predictions }: DocumentResult) {
  const by = [model, iteration, threshold];
  if (predictions.length === 0) return [[...by, ...COLUMNS.slice(9).map(() => undefined)]];
  return predictions.map(({ tagName, probability, boundingBox: box }) => [
    ...by,
    ...[tagName, probability, probability >= threshold],
    ...[box?.left, box?.top, box?.width, box?.height],
  ]);
}
