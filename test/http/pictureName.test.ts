import { HttpRequest } from '@azure/functions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pictureName } from '../../src/http/pictureName.ts';
import { documentPath } from '../support/pageLinks.ts';

const request = (name: string, sent?: string) =>
  new HttpRequest({
    url: 'https://app.example/api/predictions/x',
    method: 'GET',
    params: { name },
    headers: sent === undefined ? {} : { 'x-waws-unencoded-url': sent },
  });

describe('the name of a picture in an address', () => {
  it('is decoded once from the address as it was sent, whatever the host made of it', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    const pieces = fc.array(
      fc.oneof(name, fc.constantFrom('%2F', '%252f', '%', '/', '//', '+', ' ', '..', '#', '?', '\\')),
    );
    fc.assert(
      fc.property(
        pieces,
        fc.constantFrom('/api', '', '/a/b'),
        fc.constantFrom('', '?format=svg'),
        (parts, prefix, query) => {
          const whole = parts.join('');
          fc.pre(whole !== '' && whole.isWellFormed());
          for (const path of [`predictions/${encodeURIComponent(whole)}`, documentPath(whole)]) {
            expect(pictureName(request('of the host', `${prefix}/${path}${query}`))).toBe(whole);
          }
        },
      ),
    );
  });

  it('is the host’s where nobody kept the address, with a slash for %2F if it has no other', () => {
    expect(pictureName(request('fruit/k%2Fb.jpg'))).toBe('fruit/k%2Fb.jpg');
    expect(pictureName(request('fruit%2fb%2Fc.jpg'))).toBe('fruit/b/c.jpg');
    expect(pictureName(request('50%41.jpg'))).toBe('50%41.jpg');
  });

  it('is the host’s where what was sent is no address of a document, or wrongly encoded', () => {
    for (const sent of [
      '',
      '/',
      '/api/predictions',
      '/api/predictions/?a=predictions/b',
      '/api/predictions/50%.jpg',
    ]) {
      expect(pictureName(request('50%.jpg', sent))).toBe('50%.jpg');
    }
  });
});
