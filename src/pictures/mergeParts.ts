import type { Prediction } from '../prediction.ts';
import { area, intersection, outOf, WHOLE } from './boxes.ts';
import { mendCuts, type Sighting } from './cutObjects.ts';
import type { Part } from './fit.ts';
import { suppress } from './suppression.ts';

/**
 * Puts the predictions of each part together: boxes in fractions of the upright picture, each thing once, most probable
 * first. Of one part alone they stay as the service gave them, in its order; only boxes on padding are mapped back.
 */
export async function mergeParts(
  parts: readonly Pick<Part, 'box'>[],
  predictions: readonly (readonly Prediction[])[],
): Promise<Prediction[]> {
  if (parts.length !== predictions.length)
    throw new RangeError(`Expected predictions of ${parts.length} parts, got ${predictions.length}.`);
  const [only] = parts;
  if (parts.length === 1 && only) return [...(predictions[0] ?? [])].flatMap((one) => mapBack(only, one));

  const mapped = parts.map((part, index) => (predictions[index] ?? []).flatMap((one) => mapBack(part, one)));
  const sightings = mapped.flatMap((ones, index) =>
    ones.flatMap((prediction) => asSighting(prediction, parts[index])),
  );
  const boxless = mapped.flat().filter((prediction) => !prediction.boundingBox);
  const mended = (await mendCuts(sightings)).map(({ prediction, box }) => ({
    ...prediction,
    boundingBox: box,
  }));
  return suppress([...mended, ...boxless]);
}

/** None where the box lies on padding alone. */
function mapBack({ box: part }: Pick<Part, 'box'>, prediction: Prediction): Prediction[] {
  const { boundingBox } = prediction;
  if (!boundingBox || isWhole(part)) return [prediction];
  const box = intersection(outOf(part, boundingBox), WHOLE);
  return area(box) > 0 ? [{ ...prediction, boundingBox: box }] : [];
}

const isWhole = ({ left, top, width, height }: Part['box']): boolean =>
  left === 0 && top === 0 && width === 1 && height === 1;

function asSighting(prediction: Prediction, part: Pick<Part, 'box'> | undefined): Sighting[] {
  const { boundingBox, probability } = prediction;
  if (!boundingBox || !part) return [];
  return [{ prediction, probability, box: boundingBox, seen: intersection(part.box, WHOLE) }];
}
