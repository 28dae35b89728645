import type { HttpRequest } from '@azure/functions';
import { KeylessError } from '../errors/errors.ts';
import { encodedPicture } from '../pictures/look/encodedPicture.ts';

/**
 * Throws ContentEncodingUnsupported for a body that is compressed: pictures are already, and what one unpacks to is
 * known only afterwards. https://www.rfc-editor.org/rfc/rfc9110#section-8.4
 */
export function refuseCodings({ headers }: Pick<HttpRequest, 'headers'>): void {
  const codings = (headers.get('content-encoding') ?? '').toLowerCase().split(',');
  const others = codings.map((coding) => coding.trim()).filter((coding) => coding && coding !== 'identity');
  if (others.length === 0) return;
  throw new KeylessError(
    'ContentEncodingUnsupported',
    `Expected a body as it is, got Content-Encoding: ${others.join(', ').slice(0, 80)}.`,
  );
}

/** Of JSON, no more is looked at. */
const HEAD_BYTES = 16 * 1024;

/** What to say of JSON with a picture as text in it, as other services take it; undefined where there is none. */
export function pictureInJson(body: Uint8Array): KeylessError | undefined {
  const head = Buffer.from(body.subarray(0, HEAD_BYTES)).toString('latin1').replaceAll('\\/', '/');
  for (const [, text = ''] of head.matchAll(/"([^"\\]{16,256})/gu)) {
    const found = encodedPicture(Buffer.from(text, 'latin1'));
    if (found) return found;
  }
  return undefined;
}
