import { createConfig, lintFromString } from '@redocly/openapi-core';
import type * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { errorBook, KeylessError } from '../../src/errors/errors.ts';
import { byStatus, codes } from '../../src/http/openapi/codes.ts';
import { openapiDocument } from '../../src/http/openapi/document.ts';
import { problemResponse } from '../../src/http/problem.ts';
import type { listingSchema, problemSchema } from '../../src/http/schemas.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import type { documentSchema } from '../../src/storage/documentShape.ts';
import type { Listing } from '../../src/storage/list.ts';
import { documented, type OpenapiDocument } from '../support/openapiAnswers.ts';
import { expectNoToken } from '../support/secrets.ts';

const text = JSON.stringify(openapiDocument());
const document = JSON.parse(text) as OpenapiDocument;
const answers = documented(document);

describe('the OpenAPI document', () => {
  it('has nothing that the linter’s recommended rules object to', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config });
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual(
      [],
    );
  });

  it('shows examples, all of the documented shape', () => {
    expect(answers.examples.length).toBeGreaterThan(20);
    for (const { validate } of answers.examples) expect(validate).not.toThrow();
    expectNoToken(text);
  });

  it.each([
    ['/predict', 'post', codes.predict],
    ['/predict/{model}', 'post', codes.predict],
    ['/predictions', 'get', codes.list],
    ['/predictions/{name}', 'get', codes.read],
    ['/models', 'get', codes.models],
    ['/health', 'get', codes.health],
    ['/openapi.json', 'get', codes.page],
    ['/ui', 'get', codes.page],
  ] as const)('documents every problem of %s %s, with its codes', (path, method, those) => {
    for (const code of those) {
      const error = new KeylessError(code, 'A detail.', { retryAfterSeconds: 2 });
      const { status, headers, body } = problemResponse(error, 'an id');
      const type =
        String(new Headers(headers as Record<string, string>).get('content-type')).split(';')[0] ?? '';
      answers.checkBody(path, method, Number(status), type, JSON.parse(String(body)));
      expect(document.paths[path]?.[method]?.responses[String(status)]?.description).toContain(`\`${code}\``);
    }
    const statuses = byStatus(those).map(([status]) => status);
    const failures = Object.entries(document.paths[path]?.[method]?.responses ?? {}).filter(
      ([status, { content }]) => status >= '400' && content,
    );
    expect(failures.map(([status]) => status)).toEqual(statuses);
  });

  it('tells for each call what the platform answers in place of the app, without a body', () => {
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
    expect(operations).toHaveLength(8);
    for (const { responses } of operations) {
      for (const status of [400, 403, 404, 413, 414, 429, 431, 500, 502, 503, 504]) {
        expect(responses[status]?.description).toContain('without a body');
      }
    }
  });

  it('knows each code of the error book, but for those that only stand in documents and logs', () => {
    const known: string[] = Object.values(codes).flat();
    const unknown = Object.keys(errorBook).filter((code) => !known.includes(code));
    expect(unknown.toSorted()).toEqual([
      'BlobNotOurs',
      'ContainerMissing',
      'GivenUp',
      'ImageNameInvalid',
      'PictureBusy',
    ]);
  });

  it('is made from shapes that the app’s own types have', () => {
    expectTypeOf<PredictionDocument>().toExtend<v.InferInput<typeof documentSchema>>();
    expectTypeOf<Listing>().toEqualTypeOf<v.InferOutput<typeof listingSchema>>();
    expectTypeOf<keyof typeof errorBook>().toEqualTypeOf<v.InferOutput<typeof problemSchema>['code']>();
    expect(Object.keys(document.paths)).toHaveLength(8);
  });
});
