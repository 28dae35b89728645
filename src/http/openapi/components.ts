import { type ConversionConfig, toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';
import * as v from 'valibot';
import * as documents from '../../storage/documentShape.ts';
import { toldSchema } from '../../storage/told.ts';
import * as schemas from '../schemas.ts';

/** The shapes by the names that generated clients give them. */
const named = {
  PredictionDocument: documents.documentSchema,
  Image: documents.imageSchema,
  Result: documents.resultSchema,
  Prediction: documents.predictionSchema,
  BoundingBox: documents.boundingBoxSchema,
  DocumentError: documents.documentErrorSchema,
  Told: toldSchema,
  Models: schemas.modelsSchema,
  Listing: schemas.listingSchema,
  Listed: schemas.listedSchema,
  Pending: schemas.pendingSchema,
  Health: schemas.healthSchema,
  UrlBody: schemas.urlBodySchema,
  Problem: schemas.problemSchema,
};
export type ComponentName = keyof typeof named;

/** What a function gets, not the text it came as; OpenAPI 3.1 speaks this draft (https://spec.openapis.org/oas/v3.1.1#schema-object). */
const config: ConversionConfig = {
  typeMode: 'output',
  target: 'draft-2020-12',
  // patterns of JSON Schema are Unicode’s anyway: https://json-schema.org/draft/2020-12/json-schema-core#section-6.4
  overrideAction: ({ valibotAction, jsonSchema }) =>
    valibotAction.type === 'regex'
      ? { ...jsonSchema, pattern: (valibotAction as v.RegexAction<string, undefined>).requirement.source }
      : undefined,
};

export const reference = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });

export const componentSchemas = (): Record<string, unknown> =>
  toJsonSchemaDefs(named, {
    ...config,
    overrideRef: ({ referenceId }) => reference(referenceId).$ref,
  });

/** The query parameters of a function, from the schema that reads them. */
export function queryParameters(query: v.ObjectSchema<v.ObjectEntries, undefined>): object[] {
  return Object.entries(query.entries).map(([name, entry]) => {
    const { $schema, description, default: text, ...schema } = toJsonSchema(entry, config);
    const fallback = text === undefined ? {} : { default: v.parse(entry, text) };
    const described = { ...(description && { description }), allowEmptyValue: true };
    return { name, in: 'query', ...described, schema: { ...schema, ...fallback } };
  });
}
