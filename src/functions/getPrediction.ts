import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import * as v from 'valibot';
import { KeylessError } from '../errors/errors.ts';
import { authLevel, guarded } from '../http/access.ts';
import { hasVersion } from '../http/conditional.ts';
import { readingQuerySchema, readQuery } from '../http/queries.ts';
import { documentSchema } from '../http/schemas.ts';
import { type DrawingFormat, drawMarking } from '../pictures/drawing/drawing.ts';
import { markingOf } from '../storage/annotations.ts';
import { type Reading, readDocument, readPictureOf } from '../storage/read.ts';
import { pictureContainers } from './app.ts';

/** Ask each time; an ETag makes that cheap. No cache in between keeps what is in pictures. */
const CACHING = { 'cache-control': 'private, no-cache' };
const PENDING_SECONDS = 2;

type Found = Extract<Reading, { kind: 'document' }>;

/** GET /api/predictions/{name}: the document of a dropped picture, or its picture with the predictions drawn over it. */
async function getPrediction(request: HttpRequest): Promise<HttpResponseInit> {
  const { format, threshold } = readQuery(readingQuerySchema, request.query);
  if (threshold !== undefined && format === 'json') {
    throw new KeylessError(
      'RequestInvalid',
      'A threshold goes with format=svg or png; a document has its own.',
    );
  }
  const name = request.params.name ?? '';
  const found = await readDocument(await pictureContainers(), name);
  if (found.kind === 'none') throw notFound('There is no picture of this name, and no document.');
  if (found.kind === 'pending') return pending(name);
  if (hasVersion(request.headers.get('if-none-match'), found.etag)) {
    return { status: 304, headers: { ...CACHING, etag: found.etag } };
  }
  return format === 'json'
    ? answer(found, 'application/json; charset=utf-8', found.text)
    : draw(found, format, threshold);
}

async function draw(found: Found, format: DrawingFormat, threshold?: number): Promise<HttpResponseInit> {
  const document = readShape(found);
  const { images } = await pictureContainers();
  const picture = await readPictureOf(images, found.name, document.image.etag ?? '');
  if (picture === 'gone') throw notFound('The picture was deleted; its document is still there.');
  if (picture === 'changed') return pending(found.name);
  const { contentType, body } = await drawMarking(picture, markingOf(document, threshold), format);
  return answer(found, contentType, body);
}

/** Anything may lie in the container. */
function readShape({ name, text }: Found): v.InferOutput<typeof documentSchema> {
  try {
    return v.parse(documentSchema, JSON.parse(text));
  } catch (cause) {
    throw notFound(`What lies at ${name}.json is not a prediction document.`, cause);
  }
}

const notFound = (detail: string, cause?: unknown): KeylessError =>
  new KeylessError('NotFound', detail, {
    cause,
    fix: 'List the documents with GET /api/predictions; in an address, write a slash of the name as / or %2F.',
  });

const pending = (name: string): HttpResponseInit => ({
  status: 202,
  headers: {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'retry-after': String(PENDING_SECONDS),
  },
  body: JSON.stringify({ status: 'pending', name }),
});

/** An SVG of others’ words, opened by itself, may load and run nothing. */
const answer = ({ etag }: Found, contentType: string, body: string | Buffer): HttpResponseInit => ({
  status: 200,
  headers: {
    ...CACHING,
    etag,
    'content-type': contentType,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; img-src data:; sandbox",
  },
  body,
});

app.http('getPrediction', {
  methods: ['GET'],
  route: 'predictions/{*name}',
  authLevel,
  handler: guarded('read', getPrediction),
});
