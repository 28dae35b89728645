import * as v from 'valibot';
import { type ErrorCode, errorBook } from '../errors/errors.ts';

/** The shapes that go over HTTP. What comes in is checked against them, and the OpenAPI document is made from them. */
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const instant = v.pipe(v.string(), v.isoTimestamp());
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
  projectId: v.string(),
  publishedName: v.string(),
  task: v.picklist(['classify', 'detect']),
  iteration: v.string(),
  predictionId: v.string(),
  predictions: v.pipe(
    v.array(predictionSchema),
    v.description('All that Custom Vision answered, in its order.'),
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
  completedAt: instant,
});

export const listedSchema = v.object({
  name: said('The picture’s.'),
  status: v.picklist(['succeeded', 'failed']),
  code: v.exactOptional(said('Why it failed.')),
  lastModified: v.pipe(instant, v.description('When the document was written.')),
  etag: said('The document’s.'),
});

export const listingSchema = v.object({
  predictions: v.array(listedSchema),
  cursor: v.exactOptional(said('Of the next page. None: this is the last one.')),
});

export const pendingSchema = v.object({ status: v.literal('pending'), name: v.string() });

export const healthSchema = v.object({ status: v.literal('healthy') });

export const urlBodySchema = v.object({ url: v.pipe(v.string(), v.maxLength(2048), v.url()) });

/** RFC 9457, with the code of the error book, what to do, and the id to find the call in the log. */
export const problemSchema = v.object({
  type: v.pipe(v.string(), v.url()),
  title: v.string(),
  status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
  detail: v.string(),
  code: v.picklist(Object.keys(errorBook) as ErrorCode[]),
  fix: v.string(),
  requestId: v.string(),
});
