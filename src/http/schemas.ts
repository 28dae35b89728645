import * as v from 'valibot';
import { type ErrorCode, errorBook } from '../errors/errors.ts';
import { toldSchema } from '../storage/told.ts';

/** The shapes that go over HTTP. What comes in is checked against them, and the OpenAPI document is made from them. */
const instant = v.pipe(v.string(), v.isoTimestamp());
const said = (description: string) => v.pipe(v.string(), v.description(description));

export const listedSchema = v.object({
  name: said('The picture’s.'),
  status: v.picklist(['succeeded', 'failed']),
  code: v.exactOptional(said('Why it failed.')),
  lastModified: v.pipe(instant, v.description('When the document was written.')),
  etag: said('The document’s.'),
  told: v.exactOptional(v.array(toldSchema)),
});

export const listingSchema = v.object({
  predictions: v.array(listedSchema),
  cursor: v.exactOptional(said('Of the next page. None: this is the last one.')),
});

export const modelsSchema = v.object({
  models: v.array(
    v.object({
      name: said('As POST /predict/{model} takes it.'),
      task: v.picklist(['classify', 'detect']),
      threshold: v.pipe(v.number(), v.description('What its predictions are accepted from.')),
    }),
  ),
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
