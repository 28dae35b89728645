import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { type PathPattern, readPathPattern } from '../../src/settings/pathPattern.ts';
import { shortest } from '../support/loopTime.ts';

const accepted = (pattern: string): PathPattern | undefined => {
  try {
    return readPathPattern(pattern);
  } catch {
    return undefined;
  }
};

describe('a pattern of picture names', () => {
  it.each<[string, string[], string[]]>([
    ['**', ['a', 'a/b', '.hidden', 'a\nb', './a', '/a', 'a//b', '🍐'], []],
    ['*.png', ['a.png', '.png', 'a b.c.png'], ['a/b.png', 'a.PNG', 'a.pngx']],
    ['orchard/**', ['orchard/a', 'orchard/a/b', 'orchard'], ['orchards/a', 'Orchard/a', 'x/orchard/a']],
    ['**/crate-*', ['crate-1', 'a/b/crate-'], ['a/crates-1', 'crate-1/a']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb']],
    ['tree-?.jpg', ['tree-7.jpg', 'tree-🍐.jpg'], ['tree-77.jpg', 'tree-.jpg', 'tree-/.jpg']],
    ['[a-c_]x', ['ax', 'cx', '_x'], ['dx', 'Ax', 'x']],
    ['[^a-c]x', ['dx', '🍐x'], ['ax', 'x', '/x']],
    ['**/*.{jpg,jp{e,}g}', ['a.jpg', 'a/b.jpeg'], ['a.jp', 'a.png']],
    ['{2025/11,2026}/*', ['2025/11/a', '2026/a'], ['2025/a', '2025/11']],
    ['a+b@c,d!e$f^g', ['a+b@c,d!e$f^g'], ['ab']],
  ])('%s matches %j, and none of %j', (pattern, those, others) => {
    const matches = readPathPattern(pattern);
    expect(those.filter((name) => !matches(name))).toEqual([]);
    expect(others.filter((name) => matches(name))).toEqual([]);
  });

  it('judges names as picomatch does, wherever both take the pattern', () => {
    const word = fc.stringMatching(/^[ab.1 -]{0,2}[ab1-]$/u);
    const braces = ['{a,b}', '{a,}', '{*b,1}', '{a/b,b}', '{a,{b,1}}', '{?,a}', '{[ab],-}'];
    const piece = fc.oneof(
      { weight: 3, arbitrary: word },
      fc.constantFrom('*', '?', '[ab]', '[^a]', '[a-b1]', '[.-]', ...braces),
    );
    const pieces = fc.array(piece, { minLength: 1, maxLength: 4 }).map((each) => each.join(''));
    const segment = fc.oneof({ weight: 3, arbitrary: pieces }, fc.constant('**'));
    const patterns = fc.array(segment, { minLength: 1, maxLength: 4 }).map((each) => each.join('/'));
    const names = fc.array(word, { minLength: 1, maxLength: 4 }).map((each) => each.join('/'));
    const matched = { true: 0, false: 0 };
    fc.assert(
      fc.property(patterns, fc.array(names, { minLength: 10, maxLength: 20 }), (pattern, some) => {
        const own = accepted(pattern);
        if (!own) return;
        const theirs = picomatch(pattern, { dot: true, flags: 's' });
        for (const name of some) {
          const verdict = own(name);
          matched[`${verdict}`] += 1;
          if (verdict !== theirs(name)) throw new Error(`${pattern}, ${name}: ${verdict}`);
        }
      }),
      { numRuns: 1_500 },
    );
    expect(matched.true).toBeGreaterThan(200);
    expect(matched.false).toBeGreaterThan(5_000);
  });

  it.each([
    ['', 'no name'],
    ['/a', 'no name'],
    ['a/', 'no name'],
    ['./a', 'no name'],
    ['a/../b', 'no name'],
    [' a', 'blank'],
    ['!a', 'excepted'],
    ['a**', 'between slashes'],
    ['**a', 'between slashes'],
    ['***', 'between slashes'],
    ['{a/**,b}', 'between slashes'],
    ['{a/**/b,c}', 'neither ** nor a range'],
    ['{1..3}', 'two words or more'],
    ['{a..b,c}', 'neither ** nor a range'],
    ['{a}', 'two words or more'],
    ['{a,b', 'two words or more'],
    ['a}b', 'two words or more'],
    ['{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}', '32 patterns'],
    ['{a,b}'.repeat(51), '32 patterns'],
    ['a'.repeat(257), '256 characters'],
    ['[a', 'no other end'],
    ['a]', 'no other end'],
    ['[]', 'brackets hold'],
    ['[!a]', 'brackets hold'],
    ['[z-a]', 'brackets hold'],
    ['[[:alpha:]]', 'brackets hold'],
    ['[a/b]', 'no other end'],
    ['[ab]+', 'a plus'],
    ['{a,b}+', 'a plus'],
    ['IMG (1).jpg', 'write ?'],
    ['a|b', 'write ?'],
    ['a\\*', 'write ?'],
    ['"a"', 'write ?'],
  ])('%j is refused: %s', (pattern, why) => {
    expect(() => readPathPattern(pattern)).toThrow(why);
  });

  it('and a name, whatever both are, take less than 50 ms', () => {
    const signs = fc.constantFrom(
      '*',
      '*',
      '-',
      'a',
      '?',
      '/',
      '**/',
      '[a-]',
      '[^b]',
      '{a,-}',
      '{*-,*a}',
      '{a/,}',
    );
    const patterns = fc
      .array(signs, { minLength: 1, maxLength: 250 })
      .map((each) => each.join('').slice(0, 256))
      .filter((pattern) => accepted(pattern) !== undefined);
    const names = fc.oneof(
      fc
        .tuple(fc.constantFrom('-', 'a', '/', 'a/', '-a', '🍐'), fc.constantFrom('', 'b', '.jpg'))
        .map(([unit, end]) => unit.repeat(1024).slice(0, 1024 - end.length) + end),
      fc.string({ unit: fc.constantFrom('-', 'a', '/', '.'), maxLength: 1024, size: 'max' }),
    );
    fc.assert(
      fc.property(patterns, names, (pattern, name) => {
        const matches = readPathPattern(pattern);
        const took = shortest(() => matches(name), 1) > 20 ? shortest(() => matches(name)) : 0;
        expect(took).toBeLessThan(50);
      }),
      { numRuns: 2_000 },
    );
    const worst = `${'*a'.repeat(110)}{b,c}{b,c}{b,c}{b,c}{b,c}`;
    expect(shortest(() => readPathPattern(worst)('a'.repeat(1024)))).toBeLessThan(50);
  });

  it('is read in less than 50 ms or refused, whatever stands in the settings', () => {
    const signs = fc.constantFrom('{', '}', ',', 'a', '*', '/', '[', ']', '{a,', '**');
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 300 }), (pattern) => {
        expect(shortest(() => accepted(pattern.join('')), 1)).toBeLessThan(50);
      }),
      { numRuns: 2_000 },
    );
  });
});
