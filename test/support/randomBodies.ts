import fc, { type Arbitrary } from 'fast-check';
import { anyText, anyUrl } from './anyText.ts';
import { mutated, type Whole } from './mutatedPictures.ts';

export type RandomBody = { body: Buffer; contentType: string };

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const TYPES = [
  'image/jpeg',
  'image/png',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  '',
  'image/',
  'text/plain',
  'application/json',
  'IMAGE/GIF; q=1',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  ';',
  'a'.repeat(500),
];
const anyType = fc.constantFrom(...TYPES);

/** Pictures whole and damaged, and bytes that only begin like one. */
function damaged(pictures: readonly Whole[]): Arbitrary<Buffer> {
  const picture = fc.constantFrom(...pictures).map((each) => each.bytes);
  const changed = mutated(pictures).map((each) => each.bytes);
  const begun = fc
    .tuple(picture, fc.integer({ min: 2, max: 64 }), bytes(400))
    .map(([whole, length, rest]) => Buffer.concat([whole.subarray(0, length), rest]));
  return fc.oneof(
    { arbitrary: picture, weight: 1 },
    { arbitrary: changed, weight: 3 },
    { arbitrary: begun, weight: 1 },
    { arbitrary: bytes(300), weight: 1 },
  );
}

const json = fc.oneof(
  fc.json(),
  fc
    .record({
      url: fc.oneof(
        anyUrl,
        anyText(),
        fc.constantFrom(
          'https://localhost:1/a.jpg',
          'http://localhost:1/',
          'https://[',
          'https://u:p@localhost:1/',
        ),
      ),
    })
    .map((value) => JSON.stringify(value)),
  anyText(),
);

/** Forms, most of them malformed: boundaries missing or misspelt, heads cut, parts nested. */
function forms(content: Arbitrary<Buffer>): Arbitrary<RandomBody> {
  const piece = fc.oneof(
    content,
    fc
      .constantFrom(
        '--b\r\n',
        '--b--\r\n',
        '--b',
        '\r\n\r\n',
        '\r\n',
        'content-disposition: form-data; name="picture"; filename="a.jpg"\r\n\r\n',
        'content-disposition: form-data; name="note"\r\n\r\n',
        "content-disposition: form-data; name*=utf-8''%zz; filename*=x\r\n\r\n",
        'content-type: multipart/mixed; boundary=b\r\n\r\n',
        'content-transfer-encoding: base64\r\n',
      )
      .map((text) => Buffer.from(text)),
  );
  const boundary = fc.constantFrom('b', 'b', 'b', '"b"', 'c', '', 'x'.repeat(300));
  const garbage = fc.tuple(fc.array(piece, { maxLength: 12 }), boundary).map(([pieces, name]) => ({
    body: Buffer.concat(pieces),
    contentType: `multipart/form-data; boundary=${name}`,
  }));
  const wellFormed = content.map((picture) => ({
    body: Buffer.concat([
      Buffer.from('--b\r\ncontent-disposition: form-data; name="p"; filename="p"\r\n\r\n'),
      picture,
      Buffer.from('\r\n--b--\r\n'),
    ]),
    contentType: 'multipart/form-data; boundary=b',
  }));
  return fc.oneof(garbage, wellFormed);
}

/** Bodies with a Content-Type, which often is not theirs. */
export function randomBodies(pictures: readonly Whole[]): Arbitrary<RandomBody> {
  const content = damaged(pictures);
  const picture = fc
    .tuple(content, fc.oneof(fc.constant('image/jpeg'), anyType))
    .map(([body, contentType]) => ({ body, contentType }));
  const text = fc
    .tuple(json, fc.oneof(fc.constant('application/json'), anyType))
    .map(([written, contentType]) => ({ body: Buffer.from(written), contentType }));
  return fc.oneof(
    { arbitrary: picture, weight: 6 },
    { arbitrary: forms(content), weight: 3 },
    { arbitrary: text, weight: 2 },
  );
}
