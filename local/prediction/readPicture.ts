import type { IncomingMessage } from 'node:http';
import { MAX_BODY_BYTES, readBody } from './body.ts';
import { MalformedForm, readFormPart } from './multipart.ts';
import { Refusal } from './refusal.ts';
import type { Route } from './routes.ts';

/** What a request brought: the picture, where the picture is, or why there is none. */
export type Sent = { picture: Uint8Array } | { url: string } | { refusal: Refusal };

/**
 * Reads the whole request, whatever is wrong with it: the gateway's answers come first, and the log wants the picture
 * also when they refuse it. Rejects only when the client goes away.
 */
export async function readSent(request: IncomingMessage, source: Route['source']): Promise<Sent> {
  const body = await readBody(request, MAX_BODY_BYTES);
  if (!body) return { refusal: new Refusal('BadRequestImageSizeBytes') };
  const contentType = request.headers['content-type'] ?? '';
  return source === 'url' ? urlIn(contentType, body) : await pictureIn(contentType, body);
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
