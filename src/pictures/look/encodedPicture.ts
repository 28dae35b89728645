import { KeylessError } from '../../errors/errors.ts';
import { sniff } from '../format.ts';

/** Enough for what stands before the text, and for the first bytes of any type. */
const HEAD_BYTES = 256;
const DATA_URL = /^data:[^,]{0,200},/iu;
const BASE64 = /^[\w+/-]{16,}/u;

/**
 * What to say of a picture that comes as text, a data: URL or base64, in place of its bytes; undefined where the bytes
 * are no such text. Only their beginning is looked at.
 */
export function encodedPicture(bytes: Uint8Array): KeylessError | undefined {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('utf8');
  const text = head.replaceAll(/[\s"\ufeff]/gu, '');
  if (DATA_URL.test(text)) return refusal('a data: URL');
  const [base64] = BASE64.exec(text) ?? [];
  if (base64 === undefined) return undefined;
  const found = sniff(Buffer.from(base64, 'base64'));
  const name = 'format' in found ? found.format.toUpperCase() : found.other;
  return name === undefined ? undefined : refusal(`base64 text of a ${name}`);
}

/** Of what stands for the bytes of a picture. */
export const refusal = (got: string): KeylessError =>
  new KeylessError('ImageTypeUnsupported', `Expected the bytes of a picture, got ${got}.`, {
    fix: 'Send or upload the bytes themselves, as curl --data-binary @picture.jpg does; base64 -d makes them of their text.',
  });
