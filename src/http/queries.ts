import * as v from 'valibot';
import { KeylessError } from '../errors/errors.ts';

/** Values of a query, each from its text. */
const decimal = v.pipe(v.string(), v.regex(/^(?:\d+(?:\.\d+)?|\.\d+)$/), v.transform(Number));
const thresholdSchema = v.pipe(
  decimal,
  v.number(),
  v.minValue(0),
  v.maxValue(1),
  v.description('Another threshold than the model’s own.'),
);
const topSchema = (description: string) =>
  v.pipe(decimal, v.number(), v.integer(), v.minValue(1), v.maxValue(1000), v.description(description));

export const predictQuerySchema = v.object({
  threshold: v.exactOptional(thresholdSchema),
  top: v.exactOptional(topSchema('At most so many predictions, the most probable ones.')),
});

export const readingQuerySchema = v.object({
  format: v.optional(
    v.pipe(
      v.picklist(['json', 'svg', 'png']),
      v.description('The document, or its picture with boxes and tags drawn over it.'),
    ),
    'json',
  ),
  threshold: v.exactOptional(thresholdSchema),
});

/** Storage repeats the prefix in its XML, and fails over what XML cannot hold: https://www.w3.org/TR/xml/#charsets */
const fitsXml = (text: string): boolean => /^[\t\n\r -\ufffd\u{10000}-\u{10ffff}]*$/u.test(text);

export const listQuerySchema = v.object({
  prefix: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(1024),
      v.check(fitsXml, 'no control characters were expected'),
      v.description('Only pictures whose names begin so.'),
    ),
    '',
  ),
  top: v.optional(topSchema('At most so many documents in one answer.'), '100'),
  cursor: v.exactOptional(
    v.pipe(v.string(), v.maxLength(4096), v.description('From the answer before, with the same prefix.')),
  ),
});

type Query = v.ObjectSchema<v.ObjectEntries, undefined>;

/** The values a function knows; others are ignored, an empty one counts as none. Throws RequestInvalid. */
export function readQuery<Schema extends Query>(
  schema: Schema,
  query: URLSearchParams,
): v.InferOutput<Schema> {
  const given = Object.fromEntries(
    Object.keys(schema.entries).flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : [])),
  );
  const result = v.safeParse(schema, given);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
  throw new KeylessError('RequestInvalid', `In the query, ${problems.join('; ').slice(0, 500)}.`, {
    fix: 'Correct the value; GET /api/openapi.json tells what each may be.',
  });
}
