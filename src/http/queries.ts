import * as v from 'valibot';
import { KeylessError } from '../errors/errors.ts';

/**
 * Values of a query, each from its text. A number as any client writes one: 0.00001 is 1e-05 in Python, 1.0E-5 in Java.
 * https://www.rfc-editor.org/rfc/rfc8259#section-6
 */
const decimal = v.pipe(
  v.string(),
  v.regex(
    /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/iu,
    ({ received }) => `expected a number, got ${received}`,
  ),
  v.transform(Number),
);
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
  threshold: v.exactOptional(
    v.pipe(
      thresholdSchema,
      v.description('Another threshold than the model’s own; with format svg or png alone.'),
    ),
  ),
});

/**
 * Storage repeats the prefix in its XML, and fails over what XML cannot hold: https://www.w3.org/TR/xml/#charsets. How
 * long it may be is said here too, since schemas count characters and valibot their halves.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const PREFIX = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]{0,1024}$/u;

export const listQuerySchema = v.object({
  prefix: v.optional(
    v.pipe(
      v.string(),
      v.regex(PREFIX, 'expected at most 1,024 characters, none of them a control character'),
      v.description('Only pictures whose names begin so.'),
    ),
    '',
  ),
  top: v.optional(topSchema('At most so many documents in one answer.'), '100'),
  cursor: v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(/^[\w-]{1,4096}$/u, 'expected a cursor as the answer before gave it'),
      v.description('From the answer before, with the same prefix; others are refused.'),
    ),
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
