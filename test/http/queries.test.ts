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
    ['1e-05', 1e-5], // Python
    ['1.0E-5', 1e-5], // Java
    ['1e-7', 1e-7], // JavaScript
    ['1E-02', 0.01], // C#
    ['0.5', 0.5],
    ['.5', 0.5],
    ['1.0', 1],
    ['-0', -0],
  ])('takes the number %s as a client of any language writes it', (text, value) => {
    expect(readQuery(predictQuerySchema, of(`threshold=${text}`))).toEqual({ threshold: value });
  });

  it.each(['5', '5.0', '5e0', '50e-1'])('takes the whole number %s', (text) => {
    expect(readQuery(listQuerySchema, of(`top=${text}`)).top).toBe(5);
  });

  it('counts characters of a prefix as schemas do', () => {
    const prefix = '🍎'.repeat(1024);
    expect(readQuery(listQuerySchema, of(`prefix=${prefix}`)).prefix).toBe(prefix);
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
    [predictQuerySchema, 'threshold=1e1'],
    [predictQuerySchema, 'threshold=1e'],
    [predictQuerySchema, 'threshold=+1'],
    [predictQuerySchema, 'threshold=1e400'],
    [listQuerySchema, `prefix=${'🍎'.repeat(1025)}`],
    [listQuerySchema, 'cursor=%20'],
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
