import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { errorsPage } from '../../src/cli/errorsPage.ts';
import { asKeylessError, type ErrorCode, errorBook, KeylessError } from '../../src/errors/errors.ts';
import { serviceErrors } from '../../src/vision/serviceErrors.ts';

const codes = Object.keys(errorBook) as ErrorCode[];
const STATUSES = [400, 401, 403, 404, 413, 415, 422, 429, 500, 502, 503, 504];

describe('the error book', () => {
  it.each(codes)('tells for %s whose turn it is, the cause and the next thing to do', (code) => {
    const { status, fault, title, cause, fix } = errorBook[code];
    expect(STATUSES).toContain(status);
    expect(['caller', 'operator', 'service']).toContain(fault);
    for (const text of [title, cause, fix]) expect(text.trim().length).toBeGreaterThan(10);
    expect(title).not.toMatch(/\.$/u);
  });

  it('blames a caller with 4xx, and nobody else but for the rate', () => {
    for (const code of codes) {
      const { fault, status } = errorBook[code];
      expect([code, status < 500]).toEqual([code, fault === 'caller' || code === 'RateLimited']);
    }
  });

  it('has every code that an answer of Custom Vision can lead to', () => {
    expect(codes).toEqual(expect.arrayContaining([...new Set(Object.values(serviceErrors))]));
  });
});

describe('docs/errors.md', () => {
  const page = errorsPage();

  it('is what the error book says today', () => {
    expect(readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')).toBe(page);
  });

  it('has one heading per code, which a problem’s type leads to', () => {
    const headings = [...page.matchAll(/^## (.+)$/gmu)].map(([, heading]) => heading);
    expect(headings).toEqual(codes);
  });

  it('names under its code each code of Custom Vision', () => {
    for (const [serviceCode, code] of Object.entries(serviceErrors)) {
      const section = page.split(`## ${code}\n`)[1]?.split('\n## ')[0];
      expect(section).toContain(`\`${serviceCode}\``);
    }
  });

  it('leaves no placeholder that a browser would take for a tag', () => {
    expect(page).toContain(String.raw`\<app>`);
    expect(page).not.toMatch(/(?<!\\)<[a-z]/u);
  });
});

describe('KeylessError', () => {
  it('keeps code, cause, fix and waiting time when it tells its attempts', () => {
    const cause = new Error('below');
    const first = new KeylessError('RateLimited', 'Too fast.', {
      cause,
      retryAfterSeconds: 3,
      fix: 'Slower.',
    });
    const told = first.afterAttempts(4);
    expect(told).toMatchObject({
      code: 'RateLimited',
      message: 'Too fast. (4 attempts)',
      fix: 'Slower.',
      retryAfterSeconds: 3,
      attempts: 4,
      cause,
    });
    expect(first.afterAttempts(1).message).toBe('Too fast.');
  });

  it.each([
    ['an error', new TypeError('x is not a function'), 'TypeError: x is not a function'],
    ['a string', 'secret words', 'A value that is no error was thrown.'],
    ['null', null, 'A value that is no error was thrown.'],
    ['nothing', undefined, 'A value that is no error was thrown.'],
  ])('makes Unexpected of %s', (_, thrown, message) => {
    const error = asKeylessError(thrown);
    expect(error).toMatchObject({ code: 'Unexpected', message, cause: thrown, transient: true });
    expect(inspect(error)).toContain('Unexpected');
  });

  it('is passed on as it is', () => {
    const error = new KeylessError('NotFound', 'Nothing.');
    expect(asKeylessError(error)).toBe(error);
  });
});
