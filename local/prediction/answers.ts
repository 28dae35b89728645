import { randomUUID } from 'node:crypto';
import { KeylessError } from '../../src/errors/errors.ts';
import type { Prediction, Predictor } from './predictor.ts';
import { Refusal } from './refusal.ts';

/** `ImagePrediction` of the prediction API v3.1. */
export type ImagePrediction = {
  id: string;
  project: string;
  iteration: string;
  created: string;
  predictions: Prediction[];
};

/** Asks the model; throws a Refusal when it says that the bytes are no picture. */
export async function predictionOf(
  predictor: Predictor,
  projectId: string,
  picture: Uint8Array,
): Promise<ImagePrediction> {
  const bytes = Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength);
  const predictions = await predictor.predict(bytes).catch((cause: unknown) => {
    throw cause instanceof KeylessError && cause.entry.fault === 'caller'
      ? new Refusal('BadRequestImageFormat', { cause })
      : cause;
  });
  return {
    id: randomUUID(),
    project: projectId,
    iteration: predictor.iterationId,
    created: new Date().toISOString(),
    predictions: predictions.map(({ probability, tagId, tagName, boundingBox, tagType }) => ({
      probability,
      tagId,
      tagName,
      // Classification knows no boxes, whatever the model says.
      ...(predictor.task === 'detect' && boundingBox ? { boundingBox } : {}),
      tagType,
    })),
  };
}
