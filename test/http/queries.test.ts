import { describe, expect, it } from 'vitest';
import { hasVersion } from '../../src/http/conditional.ts';
import {
  listQuerySchema,
  predictQuerySchema,
  readingQuerySchema,
  readQuery,
} from '../../src/http/queries.ts';

const of = (text: string) => new URLSearchParams(text);

describe('the query of a call', () => {
  it('has its defaults, also where a value is empty, as a form sends it', () => {
    expect(readQuery(listQuerySchema, of(''))).toEqual({ prefix: '', top: 100 });
    expect(readQuery(listQuerySchema, of('prefix=&top=&cursor='))).toEqual({ prefix: '', top: 100 });
    expect(readQuery(readingQuerySchema, of(''))).toEqual({ format: 'json' });
    expect(readQuery(predictQuerySchema, of('code=secret'))).toEqual({});
  });

  it.each(['%09', '%7F', '\u{1f34e}', 'ä b'])('may begin a name with %s', (prefix) => {
    expect(readQuery(listQuerySchema, of(`prefix=${prefix}`)).prefix).toBe(decodeURIComponent(prefix));
  });

  it('is read as what it stands for', () => {
    expect(readQuery(listQuerySchema, of('prefix=ä/&top=1000&cursor=x'))).toEqual({
      prefix: 'ä/',
      top: 1000,
      cursor: 'x',
    });
    expect(readQuery(readingQuerySchema, of('format=svg&threshold=.25'))).toEqual({
      format: 'svg',
      threshold: 0.25,
    });
  });

  it.each([
    [listQuerySchema, 'top=0'],
    [listQuerySchema, 'top=1001'],
    [listQuerySchema, 'top=1.5'],
    [listQuerySchema, 'top=5,6'],
    [listQuerySchema, `prefix=${'x'.repeat(1025)}`],
    [listQuerySchema, 'prefix=%00'],
    [listQuerySchema, 'prefix=fruit/%1F'],
    [listQuerySchema, 'prefix=%EF%BF%BF'],
    [readingQuerySchema, 'format=jpg'],
    [readingQuerySchema, 'format=svg,png'],
    [readingQuerySchema, 'threshold=1.1'],
    [predictQuerySchema, 'threshold=1e-1'],
    [predictQuerySchema, 'top=-1'],
  ])('is refused where a value is none that it may have (%#)', (schema, text) => {
    const [name] = text.split('=');
    expect(() => readQuery(schema, of(text))).toThrow(
      expect.objectContaining({ code: 'RequestInvalid', message: expect.stringContaining(`${name}: `) }),
    );
  });
});

describe('the version a caller has', () => {
  it.each([
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ['*', true],
    ['"b"', false],
    ['a', false],
    ['', false],
    [null, false],
  ])('is compared with If-None-Match %s', (header, expected) => {
    expect(hasVersion(header, '"a"')).toBe(expected);
  });
});
