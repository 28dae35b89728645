import { styleText } from 'node:util';
import type { Prediction } from '../../prediction.ts';
import type { PredictionDocument } from '../../storage/document.ts';
import { plain, table } from '../table.ts';

const HEAD = ['picture', 'tag', 'probability', 'box', 'time'];
/** Figures are set to the right. */
const RIGHT = [2, 4];

/**
 * A line for each prediction: those accepted, or the most probable one where none is, in grey; with `all`, every one of
 * the document. Failed pictures have their code there.
 */
export function predictionTable(documents: readonly PredictionDocument[], all: boolean): string {
  const rows = documents.flatMap((document) => rowsOf(document, all));
  const boxes = rows.some((row) => row[3]);
  const columns = (row: string[]) => (boxes ? row : row.toSpliced(3, 1));
  return table([HEAD, ...rows].map(columns), boxes ? RIGHT : [2, 3]);
}

function rowsOf({ image, results, error }: PredictionDocument, all: boolean): string[][] {
  const name = plain(image.name ?? '');
  if (error) return [[name, coloured('red', error.code)]];
  const [result] = results;
  const { accepted = [], predictions = [], durationMs = 0 } = result ?? {};
  const shown = all ? predictions : accepted.length > 0 ? accepted : predictions.slice(0, 1);
  if (shown.length === 0) return [[name, coloured('gray', 'nothing'), '', '', `${durationMs} ms`]];
  return shown.map((prediction, index) => [
    index === 0 ? name : '',
    accepted.includes(prediction)
      ? coloured('green', plain(prediction.tagName))
      : coloured('gray', `${plain(prediction.tagName)} (below the threshold)`),
    `${(prediction.probability * 100).toFixed(1)} %`,
    boxText(prediction),
    index === 0 ? `${durationMs} ms` : '',
  ]);
}

/** Per cent of the upright picture: left, top, width × height. */
function boxText({ boundingBox: box }: Prediction): string {
  if (!box) return '';
  const [left, top, width, height] = [box.left, box.top, box.width, box.height].map(
    (share) => `${Math.round(share * 100)}`,
  );
  return `${left}, ${top}: ${width} × ${height} %`;
}

/** Each failure with its code, its reason and what to do; a fix that several share is told once. */
export function failureLines(documents: readonly PredictionDocument[]): string {
  const fixes = new Map<string, string[]>();
  for (const { image, error } of documents) {
    if (!error) continue;
    const lines = fixes.get(error.fix) ?? [];
    lines.push(`${plain(image.name ?? '')}: ${error.code}: ${plain(error.detail)}`);
    fixes.set(error.fix, lines);
  }
  return [...fixes].map(([fix, lines]) => `${lines.join('\n')}\nFix: ${fix}`).join('\n');
}

const coloured = (colour: 'red' | 'green' | 'gray', text: string): string =>
  styleText(colour, text, { stream: process.stdout });
