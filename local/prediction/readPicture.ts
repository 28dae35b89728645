import type { IncomingMessage } from 'node:http';
import { MAX_BYTES } from '../../src/pictures/limits.ts';
import { MalformedForm, readFormPart } from './multipart.ts';
import { Refusal } from './refusal.ts';
import type { PredictionRoute } from './routes.ts';

/** Room for the head and tail of a form around the picture. */
const MAX_BODY_BYTES = MAX_BYTES + 64 * 1024;

const FETCH_TIMEOUT_MS = 10_000;

/** What a request brought: the picture, where the picture is, or why there is none. */
export type Sent = { picture: Uint8Array } | { url: string } | { refusal: Refusal };

/**
 * Reads the whole request, whatever is wrong with it: the gateway's answers come first, and the log wants the picture
 * also when they refuse it. Rejects only when the client goes away.
 */
export async function readSent(request: IncomingMessage, source: PredictionRoute['source']): Promise<Sent> {
  const body = await readWithin(request, MAX_BODY_BYTES);
  if (!body) return { refusal: new Refusal('BadRequestImageSizeBytes') };
  const contentType = request.headers['content-type'] ?? '';
  return source === 'url' ? urlIn(contentType, body) : await pictureIn(contentType, body);
}

/** The whole body, or undefined when it is longer than the limit: the rest is read, so that an answer arrives, and dropped. */
async function readWithin(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes <= limit ? Buffer.concat(chunks) : undefined;
}

async function pictureIn(contentType: string, body: Uint8Array): Promise<Sent> {
  switch (mediaType(contentType)) {
    case 'application/octet-stream':
      return body.length > 0 ? { picture: body } : { refusal: new Refusal('BadRequestImageStream') };
    case 'multipart/form-data':
      return await pictureInForm(contentType, body);
    default:
      return {
        refusal: new Refusal('UnsupportedMediaType', {
          message: 'Unsupported Media Type: send multipart/form-data or application/octet-stream.',
        }),
      };
  }
}

async function pictureInForm(contentType: string, body: Uint8Array): Promise<Sent> {
  try {
    const picture = await readFormPart(contentType, body, 'imageData');
    return picture?.length ? { picture } : { refusal: new Refusal('BadRequestImageStream') };
  } catch (cause) {
    if (!(cause instanceof MalformedForm)) throw cause;
    return { refusal: new Refusal('BadRequestImageStream', { cause }) };
  }
}

function urlIn(contentType: string, body: Uint8Array): Sent {
  if (mediaType(contentType) !== 'application/json') {
    const message = 'Unsupported Media Type: send application/json.';
    return { refusal: new Refusal('UnsupportedMediaType', { message }) };
  }
  try {
    const { url }: { url?: unknown } = Object(JSON.parse(Buffer.from(body).toString()));
    if (typeof url === 'string' && url) return { url };
  } catch (cause) {
    return { refusal: new Refusal('BadRequestImageUrl', { cause }) };
  }
  return { refusal: new Refusal('BadRequestImageUrl') };
}

const mediaType = (contentType: string) => contentType.split(';', 1)[0]?.trim().toLowerCase();

/** Fetches the picture behind a `{"url": …}`; throws a Refusal when there is none to be had. */
export async function fetchPicture(url: string, gone: AbortSignal): Promise<Uint8Array> {
  const address = URL.parse(url);
  if (!address || !/^https?:$/.test(address.protocol)) {
    throw new Refusal('BadRequestImageUrl', {
      message: 'Bad Request Image Url: only http and https are fetched.',
    });
  }
  try {
    const signal = AbortSignal.any([gone, AbortSignal.timeout(FETCH_TIMEOUT_MS)]);
    const answer = await fetch(address, { signal });
    if (!answer.ok) {
      await answer.body?.cancel();
      throw new Error(`The address answered ${answer.status}.`);
    }
    return await firstBytes(answer.body ?? [], MAX_BYTES);
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal('BadRequestImageUrl', {
      message: 'Bad Request Image Url: the image cannot be fetched.',
      cause,
    });
  }
}

/** Stops at the limit instead of reading on: what is behind the address may have no end. */
async function firstBytes(
  stream: AsyncIterable<Uint8Array> | Uint8Array[],
  limit: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > limit) throw new Refusal('BadRequestImageSizeBytes');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
