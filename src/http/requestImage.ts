import type { HttpRequest } from '@azure/functions';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import * as v from 'valibot';
import { KeylessError } from '../errors/errors.ts';
import { MAX_UPLOAD_BYTES } from '../pictures/limits.ts';
import type { Image } from '../prediction.ts';
import { urlBodySchema } from './schemas.ts';

/** A picture, and a form around it. */
const MAX_BODY_BYTES = MAX_UPLOAD_BYTES + 1024 * 1024;

/** A form around the picture: its other fields are ignored, within these limits. */
const FORM_LIMITS = { files: 1, fields: 20, parts: 25, fieldSize: 64 * 1024, headerPairs: 50 };

/** The picture of a request, from any of the three body forms: the bytes, a form with one file, or {"url": …}. */
export async function readRequestImage(request: HttpRequest, urlHosts: readonly string[]): Promise<Image> {
  const contentType = request.headers.get('content-type')?.trim() ?? '';
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > MAX_BODY_BYTES) throw tooLarge(announced);
  const body = await readBody(request);
  if (body.length > MAX_BODY_BYTES) throw tooLarge(body.length);
  if (body.length === 0) {
    throw new KeylessError('ImageMissing', 'The body is empty; a picture in the body was expected.');
  }
  if (type === 'application/json') return { url: readUrl(body, urlHosts) };
  if (type === 'multipart/form-data') return { bytes: await readForm(body, contentType) };
  if (
    type === '' ||
    type === 'application/octet-stream' ||
    type === 'application/x-www-form-urlencoded' ||
    type.startsWith('image/')
  ) {
    return { bytes: body }; // curl --data-binary says x-www-form-urlencoded unless told otherwise
  }
  throw new KeylessError(
    'ImageTypeUnsupported',
    `Expected Content-Type image/*, application/octet-stream, multipart/form-data or application/json, got ${type.slice(0, 80)}.`,
    { fix: 'Send the picture with Content-Type: image/jpeg (or png, gif, bmp).' },
  );
}

/** Chunk by chunk: arrayBuffer() makes two copies more of each picture, and many may come at once. */
async function readBody(request: HttpRequest): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const [first, ...others] = chunks;
  return first && others.length === 0
    ? Buffer.from(first.buffer, first.byteOffset, first.byteLength)
    : Buffer.concat(chunks);
}

const tooLarge = (bytes: number): KeylessError =>
  new KeylessError(
    'ImageTooLarge',
    `Expected a body of at most ${MAX_BODY_BYTES.toLocaleString('en')} bytes, got ${bytes.toLocaleString('en')}.`,
  );

function readUrl(body: Buffer, urlHosts: readonly string[]): string {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new KeylessError('RequestInvalid', 'The body is not JSON; {"url": "https://…"} was expected.', {
      cause: error,
    });
  }
  const result = v.safeParse(urlBodySchema, json);
  if (!result.success) {
    throw new KeylessError(
      'RequestInvalid',
      'Expected {"url": "https://…"} with an absolute URL of at most 2,048 characters.',
    );
  }
  const url = new URL(result.output.url);
  if (
    url.protocol !== 'https:' ||
    url.username ||
    url.password ||
    !urlHosts.includes(url.host.toLowerCase())
  ) {
    throw new KeylessError(
      'ImageUrlRefused',
      urlHosts.length === 0
        ? 'This app takes no urls: URL_HOSTS is empty.'
        : `Expected an https url of one of the hosts ${urlHosts.join(', ')}, got ${url.protocol}//${url.host}.`,
    );
  }
  return url.href;
}

function readForm(body: Buffer, contentType: string): Promise<Buffer> {
  const refuse = (detail: string, cause?: unknown) => new KeylessError('RequestInvalid', detail, { cause });
  return new Promise((resolve, reject) => {
    let form: InstanceType<typeof Busboy>;
    try {
      const headers: BusboyHeaders = { 'content-type': contentType };
      form = new Busboy({ headers, limits: { ...FORM_LIMITS, fileSize: body.length } });
    } catch (error) {
      reject(refuse('The multipart form has no boundary in its Content-Type.', error));
      return;
    }
    let picture: Buffer | undefined;
    form.on('file', (_field, stream) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', (error: unknown) => reject(refuse('The file in the form cannot be read.', error)));
      stream.on('end', () => {
        picture = Buffer.concat(chunks);
      });
    });
    for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const) {
      form.on(limit, () => reject(refuse('The form has too many parts; one file was expected.')));
    }
    form.on('error', (error: unknown) =>
      reject(refuse('The multipart form is malformed or cut off.', error)),
    );
    form.on('finish', () => {
      if (picture) resolve(picture);
      else reject(refuse('The form holds no file; one was expected.'));
    });
    form.end(body);
  });
}
