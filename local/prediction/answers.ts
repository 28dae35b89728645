import { randomUUID } from 'node:crypto';
import type { Prediction, Predictor } from '../../src/exports/predictor.ts';
import { UndecodableImage } from '../../src/exports/predictor.ts';
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
  const predictions = await predictor.predict(picture).catch((cause: unknown) => {
    throw cause instanceof UndecodableImage ? new Refusal('BadRequestImageFormat', { cause }) : cause;
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
