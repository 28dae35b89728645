import { contentTypes } from '../../pictures/format.ts';
import { listQuerySchema, predictQuerySchema, readingQuerySchema } from '../queries.ts';
import { header, json, problems, withPlatform } from './answers.ts';
import { codes } from './codes.ts';
import { queryParameters, reference } from './components.ts';
import { examples } from './examples.ts';

const { classified, detected, failed, listing, pending, healthy, models } = examples;
const anonymous: [] = [];
const binary = { type: 'string', format: 'binary' } as const;
const pathParameter = (name: string, description: string) => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
});
const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  description: 'ETag of the answer at hand.',
  schema: { type: 'string' },
};
const notModified = {
  description: 'What the caller has is still so.',
  headers: header('ETag', 'Cache-Control'),
};

const pictureBody = {
  required: true,
  description: 'One picture: its bytes, a form with one file, or its address, where the app allows the host.',
  content: {
    ...Object.fromEntries(
      [...Object.values(contentTypes), 'image/webp', 'application/octet-stream'].map((type) => [
        type,
        { schema: binary },
      ]),
    ),
    'multipart/form-data': {
      schema: { type: 'object', properties: { picture: binary }, required: ['picture'] },
    },
    'application/json': { schema: reference('UrlBody') },
  },
};

const predict = (operationId: string, summary: string, parameters: object[]) => ({
  post: {
    operationId,
    tags: ['predictions'],
    summary,
    parameters: [...parameters, ...queryParameters(predictQuerySchema)],
    requestBody: pictureBody,
    responses: withPlatform({
      200: {
        description: 'The prediction document.',
        headers: header('Cache-Control'),
        content: json('PredictionDocument', { classified, detected }),
      },
      ...problems(codes.predict),
    }),
  },
});

/** Every route of the app, as OpenAPI paths. */
export const paths = () => ({
  '/predict': predict('predict', 'Score a picture with the only, or the default, model', []),
  '/predict/{model}': predict('predictWithModel', 'Score a picture with a model', [
    pathParameter('model', 'Its name in the settings.'),
  ]),
  '/models': {
    get: {
      operationId: 'listModels',
      tags: ['predictions'],
      summary: 'List the models a picture may be posted to',
      responses: withPlatform({
        200: {
          description: 'In the order of the settings.',
          headers: header('Cache-Control'),
          content: json('Models', { models }),
        },
        ...problems(codes.models),
      }),
    },
  },
  '/predictions': {
    get: {
      operationId: 'listPredictions',
      tags: ['documents'],
      summary: 'List the documents of dropped pictures',
      description: 'In the order of the documents’ names, page by page. No document is read for it.',
      parameters: queryParameters(listQuerySchema),
      responses: withPlatform({
        200: {
          description: 'A page. With a cursor there may be more, even where it is short.',
          headers: header('Cache-Control'),
          content: json('Listing', { listing }),
        },
        ...problems(codes.list),
      }),
    },
  },
  '/predictions/{name}': {
    get: {
      operationId: 'getPrediction',
      tags: ['documents'],
      summary: 'Read the document of a dropped picture, or see it drawn',
      parameters: [
        pathParameter(
          'name',
          'Of the picture in its container, encoded once: its slashes as / or as %2F, its percent signs as %25.',
        ),
        ...queryParameters(readingQuerySchema),
        ifNoneMatch,
      ],
      responses: withPlatform({
        200: {
          description: 'The document as it lies in storage, or the picture with its boxes and tags.',
          headers: header('ETag', 'Cache-Control', 'X-Content-Type-Options', 'Content-Security-Policy'),
          content: {
            ...json('PredictionDocument', { detected, failed }),
            'image/svg+xml': { schema: { type: 'string' } },
            'image/png': { schema: binary },
          },
        },
        202: {
          description: 'The picture is there; a document of its present content is not yet.',
          headers: header('Retry-After', 'Cache-Control'),
          content: json('Pending', { pending }),
        },
        304: notModified,
        ...problems(codes.read),
      }),
    },
  },
  '/health': {
    get: {
      operationId: 'health',
      tags: ['app'],
      summary: 'Whether the app runs and its settings are complete',
      security: anonymous,
      responses: withPlatform({
        200: { description: 'It does, and they are.', content: json('Health', { healthy }) },
        ...problems(codes.health),
      }),
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'openapi',
      tags: ['app'],
      summary: 'This document',
      security: anonymous,
      parameters: [ifNoneMatch],
      responses: withPlatform({
        200: {
          description: 'OpenAPI 3.1.',
          headers: header('ETag', 'Cache-Control'),
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        304: notModified,
        ...problems(codes.page),
      }),
    },
  },
  '/ui': {
    get: {
      operationId: 'ui',
      tags: ['app'],
      summary: 'A page for people',
      description: 'Where the setting UI is off there is none, and the platform answers 404.',
      security: anonymous,
      responses: withPlatform({
        200: {
          description: 'The page; it tells nothing of the app.',
          headers: header(
            'Cache-Control',
            'Content-Security-Policy',
            'X-Content-Type-Options',
            'Referrer-Policy',
            'Cross-Origin-Opener-Policy',
            'Cross-Origin-Resource-Policy',
          ),
          content: { 'text/html': { schema: { type: 'string' } } },
        },
        ...problems(codes.page),
      }),
    },
  },
});
