import { describe, expect, it } from 'vitest';
import { secretsIn, withoutIds } from './recording.ts';

describe('a recorded output', () => {
  it('has no ids, times, ports or folders, whatever their length', () => {
    expect(
      withoutIds(
        'a 0b9d6a3e-1f2c-4a5b-8c7d-9e0f1a2b3c4d  at 2026-11-21T13:40:25.123Z   http://127.0.0.1:43121 took 12 ms  /tmp/keyless-x1/a.jpg  ',
      ),
    ).toBe('a <id>  at <time>  http://127.0.0.1:<port> took <duration>  <folder>');
  });

  it.each([
    ['a token', `token eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.x`],
    ['a connection string', 'AccountName=x;AccountKey=abc='],
    ['a signature', 'https://x/y?sv=1&sig=abcdefghij'],
    ['an authorization header', 'authorization: Bearer abcdefgh'],
    ['the canary header', 'x canary-1 y'],
  ])('is told to hold %s', (name, output) => {
    expect(secretsIn(output, { header: 'canary-1' })).toEqual([name]);
  });

  it('holds none where there is none', () => {
    expect(secretsIn('the key is eye-catching; AccountKey is refused', { header: 'canary-1' })).toEqual([]);
  });
});
