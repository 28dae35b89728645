import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import { KeylessError } from '../errors/errors.ts';
import { hasVersion } from '../http/conditional.ts';
import { pictureName } from '../http/pictureName.ts';
import { readingQuerySchema, readQuery } from '../http/queries.ts';
import { type DrawingFormat, drawAnnotations } from '../pictures/drawing/drawing.ts';
import { refuseTooLarge } from '../pictures/limits.ts';
import { annotationsOf } from '../storage/annotations.ts';
import { documentName } from '../storage/documentName.ts';
import { type PredictionDocument, parseDocument } from '../storage/documentShape.ts';
import { readPicture } from '../storage/droppedPicture.ts';
import { sameEtag } from '../storage/mark.ts';
import { type ReadDocument, readDocument } from '../storage/read.ts';
import { toldOf } from '../storage/told.ts';
import { authLevel, guarded, pictureContainers, pictureMemory, READING, targetNames } from './app.ts';

/** Ask each time; an ETag makes that cheap. No cache in between keeps what is in pictures. */
const CACHING = { 'cache-control': 'private, no-cache' };
const PENDING_SECONDS = 2;
/** A drawing that waits so long for memory is to be asked for again. */
const LONGEST_WAIT_MS = 20_000;

/** GET /api/predictions/{name}: the document of a dropped picture, or its picture with the predictions drawn over it. */
async function getPrediction(request: HttpRequest): Promise<HttpResponseInit> {
  const { format, threshold } = readQuery(readingQuerySchema, request.query);
  if (threshold !== undefined && format === 'json') {
    throw new KeylessError(
      'RequestInvalid',
      'A threshold goes with format=svg or png; a document has its own.',
      { fix: 'Add format=svg or format=png to the query, or leave threshold out of it.' },
    );
  }
  const name = pictureName(request);
  const found = await readDocument(await pictureContainers(), name);
  if (found.kind === 'none') throw notFound('There is no picture of this name, and no document.');
  if (found.kind === 'pending') return pending(name);
  if (found.kind === 'foreign') throw notADocument(found.name);
  if (hasVersion(request.headers.get('if-none-match'), found.etag)) {
    return { status: 304, headers: { ...CACHING, etag: found.etag } };
  }
  return format === 'json'
    ? answer(found, 'application/json; charset=utf-8', withTold(found))
    : draw(found, format, threshold);
}

async function draw(
  found: ReadDocument,
  format: DrawingFormat,
  threshold?: number,
): Promise<HttpResponseInit> {
  const document = readShape(found);
  const { picture } = found;
  if (!picture) throw notFound('The picture was deleted; its document is still there.');
  if (!sameEtag(document.image.etag, picture.etag)) return pending(found.name);
  refuseTooLarge(picture.length);
  const patience = { longestWaitMs: LONGEST_WAIT_MS };
  const { images } = await pictureContainers();
  return pictureMemory().hold(picture.length, patience, async ({ grow }) => {
    const bytes = await readPicture(images, picture);
    if (typeof bytes === 'string') return pending(found.name);
    const annotations = annotationsOf(document, threshold);
    const { contentType, body } = await drawAnnotations(bytes, annotations, format, grow);
    return answer(found, contentType, body);
  });
}

/** Who was told stands beside the document, and is put in where there is anything to put into. */
function withTold({ name, text, mark }: ReadDocument): string {
  const end = text.lastIndexOf('}');
  if (!mark?.outbox || end === -1) return text;
  const told = JSON.stringify(toldOf(name, mark, targetNames()), null, 2).replaceAll('\n', '\n  ');
  return `${text.slice(0, end).trimEnd()},\n  "told": ${told}\n}\n`;
}

/** Anything may lie in the container. */
function readShape({ name, text }: ReadDocument): PredictionDocument {
  try {
    return parseDocument(text);
  } catch (cause) {
    throw notADocument(name, cause);
  }
}

const notFound = (detail: string, cause?: unknown): KeylessError =>
  new KeylessError('NotFound', detail, {
    cause,
    fix: 'List the documents with GET /api/predictions; in an address the name is encoded once, its slashes as / or %2F.',
  });

const notADocument = (name: string, cause?: unknown): KeylessError =>
  notFound(`What lies at ${documentName(name)} is not a prediction document.`, cause);

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
const answer = ({ etag }: ReadDocument, contentType: string, body: string | Buffer): HttpResponseInit => ({
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
  methods: READING,
  route: 'predictions/{*name}',
  authLevel,
  handler: guarded('read', getPrediction),
});
