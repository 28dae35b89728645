import { setImmediate as othersTurn } from 'node:timers/promises';
import type { HttpRequest } from '@azure/functions';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import * as v from 'valibot';
import { KeylessError } from '../errors/errors.ts';
import { MAX_UPLOAD_BYTES } from '../pictures/limits.ts';
import { encodedPicture, refusal } from '../pictures/look/encodedPicture.ts';
import type { Image } from '../prediction.ts';
import { pictureInJson, refuseCodings } from './encodedBody.ts';
import { urlBodySchema } from './schemas.ts';

/** A picture, and a form around it. */
const MAX_BODY_BYTES = MAX_UPLOAD_BYTES + 1024 * 1024;
/** Of a url of 2,048 characters, each of them escaped; JSON that is longer would hold the event loop while it is read. */
const MAX_JSON_BYTES = 16 * 1024;

/** A boundary has 70 characters at most: https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1 */
const LONGEST_TYPE = 256;
/** A form around the picture: its other fields are ignored, within these limits. */
const FORM_LIMITS = { files: 5, fields: 20, parts: 25, fieldSize: 64 * 1024, headerPairs: 50 };
const TOO_MANY = {
  filesLimit: `${FORM_LIMITS.files} files`,
  fieldsLimit: `${FORM_LIMITS.fields} text fields`,
  partsLimit: `${FORM_LIMITS.parts} parts`,
} as const;
const FORM_FIX = 'Send the picture as the one file of the form, as curl does: curl -F picture=@picture.jpg.';
/** Encodings of a part that change nothing; others nobody sends any more: https://www.rfc-editor.org/rfc/rfc7578#section-4.7 */
const PLAIN: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary', '']);
/** By its name, or by its type alone: https://www.rfc-editor.org/rfc/rfc7578#section-4.2 */
const isPartAFile = (_field?: string, type?: string, name?: string): boolean =>
  name !== undefined || type === 'application/octet-stream' || type?.startsWith('image/') === true;
/** Of a form that is nothing but parts, no more is read before it is refused for them. */
const SLICE_BYTES = 4 * 1024;
/** Then others have their turn. */
const TURN_BYTES = 16 * SLICE_BYTES;

/**
 * The bytes that reading the body may take: as announced, or the most there may be where nothing is. Throws ImageTooLarge
 * for more than that.
 */
export function announcedBytes({ headers }: Pick<HttpRequest, 'headers'>): number {
  const announced = Number(headers.get('content-length') ?? MAX_BODY_BYTES);
  if (announced > MAX_BODY_BYTES) throw tooLarge(announced);
  return announced >= 0 ? announced : MAX_BODY_BYTES;
}

/**
 * The picture of a request, from any of the three body forms: the bytes, a form with one file, or {"url": …}. Holds the
 * body once: the bytes are a view of it. Throws a KeylessError of the caller’s.
 */
export async function readRequestImage(request: HttpRequest, urlHosts: readonly string[]): Promise<Image> {
  const contentType = request.headers.get('content-type')?.trim() ?? '';
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (contentType.length > LONGEST_TYPE) {
    throw new KeylessError(
      'RequestInvalid',
      `Expected a Content-Type of at most ${LONGEST_TYPE} characters, got ${contentType.length}.`,
    );
  }
  refuseCodings(request);
  announcedBytes(request);
  const body = await readBody(request, type === 'application/json' ? MAX_JSON_BYTES : MAX_BODY_BYTES);
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
  const problem = new KeylessError(
    'ImageTypeUnsupported',
    `Expected Content-Type image/*, application/octet-stream, multipart/form-data or application/json, got ${type.slice(0, 80)}.`,
    { fix: 'Send the picture with Content-Type: image/jpeg (or png, gif, bmp).' },
  );
  throw encodedPicture(body) ?? problem;
}

/** Chunk by chunk, and no further than it may go: arrayBuffer() makes two copies more of each picture. */
async function readBody(request: HttpRequest, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > most) throw most === MAX_JSON_BYTES ? longJson(chunks[0] ?? chunk) : tooLarge(length);
    chunks.push(chunk);
  }
  if (length === 0) {
    throw new KeylessError('ImageMissing', 'The body is empty; a picture in the body was expected.');
  }
  const [first, ...others] = chunks;
  return first && others.length === 0
    ? Buffer.from(first.buffer, first.byteOffset, first.byteLength)
    : Buffer.concat(chunks);
}

const longJson = (head: Uint8Array): KeylessError =>
  pictureInJson(head) ??
  new KeylessError(
    'RequestInvalid',
    `Expected {"url": "https://…"} in at most ${MAX_JSON_BYTES.toLocaleString('en')} bytes, got more.`,
  );

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
  const url = result.success ? new URL(result.output.url) : undefined;
  if (!url || url.protocol === 'data:') {
    throw (
      pictureInJson(body) ??
      new KeylessError(
        'RequestInvalid',
        'Expected {"url": "https://…"} with an absolute URL of at most 2,048 characters.',
      )
    );
  }
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
  return new Promise((resolve, reject) => {
    let refused = false;
    const refuseWith = (error: KeylessError) => {
      refused = true;
      reject(error);
    };
    const refuse = (detail: string, cause?: unknown) =>
      refuseWith(new KeylessError('RequestInvalid', detail, { cause, fix: FORM_FIX }));
    let form: InstanceType<typeof Busboy>;
    try {
      const headers: BusboyHeaders = { 'content-type': contentType };
      form = new Busboy({ headers, limits: { ...FORM_LIMITS, fileSize: body.length }, isPartAFile });
    } catch (error) {
      refuse('The multipart form has no boundary in its Content-Type.', error);
      return;
    }
    const files: { name: string; bytes: Buffer }[] = [];
    const texts: string[] = [];
    let encoded: KeylessError | undefined;
    form.on('file', (_field, stream, name: string | undefined, transferEncoding) => {
      if (!PLAIN.has(transferEncoding)) {
        refuseWith(refusal(`Content-Transfer-Encoding: ${transferEncoding.slice(0, 40)} in the form`));
      }
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', (error: unknown) => refuse('The file in the form cannot be read.', error));
      stream.on('end', () => {
        // browsers send an input that was left empty as a file without name and content
        if (name || chunks.length > 0) files.push({ name: name || 'nameless', bytes: joined(chunks, body) });
      });
    });
    form.on('field', (name, value) => {
      texts.push(name);
      encoded ??= encodedPicture(Buffer.from(value.slice(0, 256)));
    });
    for (const [limit, what] of Object.entries(TOO_MANY)) {
      form.on(limit as keyof typeof TOO_MANY, () =>
        refuse(`The form has more than ${what}; one file was expected.`),
      );
    }
    form.on('error', (error: unknown) => refuse('The multipart form is malformed or cut off.', error));
    form.on('finish', () => {
      const [picture, other] = files;
      if (picture && !other) resolve(picture.bytes);
      else if (other) refuse(`The form holds more than one file: ${named([picture?.name, other.name])}.`);
      else if (encoded) refuseWith(encoded);
      else if (texts.length > 0)
        refuse(`The form holds no file, only the text fields ${named(texts.slice(0, 5))}.`);
      else
        refuseWith(
          new KeylessError('ImageMissing', 'The form holds no file; one was expected.', { fix: FORM_FIX }),
        );
    });
    const feed = async () => {
      for (let at = 0; at < body.length && !refused; at += SLICE_BYTES) {
        form.write(body.subarray(at, at + SLICE_BYTES));
        if (at % TURN_BYTES === 0) await othersTurn();
      }
      if (!refused) form.end();
    };
    feed().catch((error: unknown) => refuse('The multipart form cannot be read.', error));
  });
}

/**
 * Chunks that follow one another in the body, as a view of it. The parser copies those few bytes that could begin a
 * boundary, so what is a view tells where they all lie.
 */
function joined(chunks: readonly Buffer[], body: Buffer): Buffer {
  let before = 0;
  for (const chunk of chunks) {
    const at = chunk.byteOffset - body.byteOffset;
    const isView = chunk.buffer === body.buffer && at >= 0 && at < body.length && chunk.length > 0;
    if (isView) {
      const length = chunks.reduce((sum, each) => sum + each.length, 0);
      return body.subarray(at - before, at - before + length);
    }
    before += chunk.length;
  }
  return Buffer.concat(chunks);
}

/** Names as people write a list of them. */
const named = (names: readonly (string | undefined)[]): string =>
  names.map((name) => `“${(name ?? '').slice(0, 80)}”`).join(' and ');
