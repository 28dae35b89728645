import * as v from 'valibot';
import { KeylessError } from '../errors/errors.ts';
import type { ImagePrediction } from '../prediction.ts';
import type { ServiceModel } from '../settings/settings.ts';

/** Custom Vision’s answer, Prediction v3.1; tagType and boundingBox are optional there, null in places. */
const predictionSchema = v.object({
  tagName: v.optional(v.nullable(v.string()), null),
  tagId: v.string(),
  tagType: v.nullish(v.string()),
  probability: v.number(),
  boundingBox: v.nullish(
    v.object({ left: v.number(), top: v.number(), width: v.number(), height: v.number() }),
  ),
});
const answerSchema = v.object({
  id: v.string(),
  iteration: v.string(),
  predictions: v.array(predictionSchema),
});

/** Anything may come with a 200, so it is checked. Throws VisionAnswerInvalid. */
export function readAnswer(text: string, model: ServiceModel): ImagePrediction {
  const result = v.safeParse(answerSchema, parsed(text));
  if (!result.success) {
    const at = result.issues.map((issue) => v.getDotPath(issue) ?? 'the body').join(', ');
    throw new KeylessError(
      'VisionAnswerInvalid',
      `${new URL(model.endpoint).host} answered, but not with a prediction (see ${at}).`,
    );
  }
  const { id, iteration, predictions } = result.output;
  return {
    predictionId: id,
    iteration,
    predictions: predictions.map(({ tagName, tagId, tagType, probability, boundingBox }) => ({
      tagName: tagName ?? '',
      tagId,
      ...(tagType && { tagType }),
      probability,
      ...(boundingBox && { boundingBox }),
    })),
  };
}

/** JSON of the service; undefined where it is none, as a page is: whoever reads it says what was expected. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
