import { describe, expect, it } from 'vitest';
import { suggestion } from '../../src/cli/faults.ts';

describe('a suggestion', () => {
  it('is the nearest word, as it is spelt, whatever the case of what was typed', () => {
    expect(suggestion('orchard ap', ['Orchard API', 'orchard-app-service'])).toBe(
      ' Did you mean Orchard API?',
    );
    expect(suggestion('RATELIMITTED', ['RateLimited', 'NotFound'])).toBe(' Did you mean RateLimited?');
  });

  it('is none where nothing is near, or nothing is there', () => {
    expect(suggestion('pears', ['fruit', 'boxes'])).toBe('');
    expect(suggestion('pears', [])).toBe('');
  });
});
