import * as v from 'valibot';
import { toldSchema } from './told.ts';

/** The prediction document: what lies in the predictions container, and what the HTTP function answers. */
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const said = (description: string) => v.pipe(v.string(), v.description(description));
const several = (description: string) => v.pipe(v.array(v.string()), v.description(description));

export const boundingBoxSchema = v.pipe(
  v.object({ left: v.number(), top: v.number(), width: v.number(), height: v.number() }),
  v.description('Fractions of the upright picture; a box may reach a little over its edge.'),
);

export const predictionSchema = v.object({
  tagName: v.string(),
  tagId: v.string(),
  tagType: v.exactOptional(v.string()),
  probability: fraction,
  boundingBox: v.exactOptional(boundingBoxSchema),
});

export const imageSchema = v.object({
  name: v.exactOptional(v.string()),
  container: v.exactOptional(v.string()),
  etag: v.exactOptional(v.string()),
  url: v.exactOptional(said('Of a picture named by url, without its query.')),
  sha256: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  contentType: v.exactOptional(v.string()),
  bytes: v.exactOptional(count),
  width: v.exactOptional(count),
  height: v.exactOptional(count),
  sent: v.exactOptional(
    v.object({
      steps: several('What was done to the picture before it was sent; nothing: it went as it was.'),
      contentType: v.string(),
      bytes: v.pipe(count, v.description('Of all that was sent, tiles included.')),
      width: count,
      height: count,
      tiles: v.exactOptional(count),
    }),
  ),
});

export const resultSchema = v.object({
  model: v.string(),
  projectId: v.exactOptional(said('Of a model of the service.')),
  publishedName: v.exactOptional(said('Of a model of the service.')),
  export: v.exactOptional(
    v.pipe(
      v.object({ name: v.string(), iteration: v.string(), sha256: v.string() }),
      v.description('The export that answered, in place of projectId and publishedName.'),
    ),
  ),
  fallbackFor: v.exactOptional(
    v.pipe(
      v.object({ projectId: v.string(), publishedName: v.string(), code: v.string(), detail: v.string() }),
      v.description('The model of the service that the export answered for, and why that did not answer.'),
    ),
  ),
  copy: v.exactOptional(
    v.pipe(
      v.object({ projectId: v.string(), publishedName: v.string() }),
      v.description('The copy of the model in another account that answered for it.'),
    ),
  ),
  task: v.picklist(['classify', 'detect']),
  tiles: v.exactOptional(
    v.pipe(v.boolean(), v.description('Asked with the tiles of a picture that had to be shrunk.')),
  ),
  iteration: v.string(),
  predictionId: v.string(),
  predictions: v.pipe(
    v.array(predictionSchema),
    v.description('All that the model answered, the most probable first.'),
  ),
  accepted: v.pipe(v.array(predictionSchema), v.description('Those at or above the threshold.')),
  threshold: fraction,
  attempts: count,
  failedAttempts: v.array(v.object({ code: v.string(), durationMs: v.number() })),
  durationMs: v.number(),
});

export const documentErrorSchema = v.object({
  code: v.string(),
  title: v.string(),
  detail: v.string(),
  fix: v.string(),
  attempts: v.exactOptional(count),
});

export const documentSchema = v.object({
  status: v.picklist(['succeeded', 'failed']),
  image: imageSchema,
  results: v.array(resultSchema),
  error: v.exactOptional(documentErrorSchema),
  completedAt: v.pipe(v.string(), v.isoTimestamp()),
  told: v.exactOptional(
    v.pipe(v.array(toldSchema), v.description('Put in when it is read: it stands beside the document.')),
  ),
});

/** Throws where the text is none: anything may lie in the container. */
export const parseDocument = (text: string): PredictionDocument => v.parse(documentSchema, JSON.parse(text));

/** What is known of the picture; a picture named by url is never fetched, so only its address is. */
export type DocumentImage = v.InferOutput<typeof imageSchema>;
export type DocumentResult = v.InferOutput<typeof resultSchema>;
export type DocumentError = v.InferOutput<typeof documentErrorSchema>;
export type PredictionDocument = v.InferOutput<typeof documentSchema>;
