import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodedPicture } from '../../../src/pictures/look/encodedPicture.ts';
import { lookAt } from '../../../src/pictures/look/look.ts';
import { rejection } from '../../support/secrets.ts';

const HEADS = {
  JPEG: 'ffd8ffe000104a464946',
  PNG: '89504e470d0a1a0a0000000d49484452',
  GIF: '474946383961',
  WebP: '524946460000000057454250',
};
const bytesOf = (name: keyof typeof HEADS) =>
  Buffer.concat([Buffer.from(HEADS[name], 'hex'), Buffer.alloc(90, 1)]);

describe('a picture that comes as text', () => {
  it.each(Object.keys(HEADS) as (keyof typeof HEADS)[])(
    'is known by what the text stands for: %s',
    (name) => {
      const base64 = bytesOf(name).toString('base64');
      const url = bytesOf(name).toString('base64url');
      for (const text of [
        base64,
        url,
        `\ufeff${base64}`,
        `"${base64}"`,
        `\n  ${base64}`,
        base64.replaceAll(/.{20}/gu, '$&\n'),
      ]) {
        expect(encodedPicture(Buffer.from(text))?.message).toBe(
          `Expected the bytes of a picture, got base64 text of a ${name}.`,
        );
      }
    },
  );

  it('is a data URL, of whatever it says', () => {
    for (const text of [
      'data:image/png;base64,iVBOR',
      'data:,x',
      'DATA:image/svg+xml;charset=utf-8,%3Csvg',
    ]) {
      expect(encodedPicture(Buffer.from(text))?.message).toContain('got a data: URL');
    }
  });

  it('is no other text, and no bytes', () => {
    const other = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ maxLength: 300 }).map((text) => Buffer.from(`a ${text}`)),
      fc.base64String({ maxLength: 300 }).map((text) => Buffer.from(`AAAA${text}`)),
    );
    fc.assert(fc.property(other, (bytes) => encodedPicture(bytes) === undefined));
  });

  it('is told so when it was dropped as a file too, and so is a compressed one', async () => {
    const dropped = lookAt(Buffer.from(bytesOf('PNG').toString('base64')));
    expect(await rejection(dropped)).toMatchObject({
      code: 'ImageTypeUnsupported',
      message: 'Expected the bytes of a picture, got base64 text of a PNG.',
      fix: expect.stringContaining('base64 -d'),
    });
    expect(await rejection(lookAt(Buffer.from('1f8b0800000000000003', 'hex')))).toMatchObject({
      message: expect.stringContaining('got gzip'),
    });
  });
});
