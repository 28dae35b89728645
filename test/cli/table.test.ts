import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plain, table } from '../../src/cli/table.ts';

/** Letters, controls, direction marks, halves of surrogates. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes));

describe('a table', () => {
  it('aligns its columns, figures to the right, and ends no line in blanks', () => {
    const rows = [
      ['picture', 'probability', 'tag'],
      ['a.jpg', '9.0 %', 'apple'],
      ['orchard/b.jpg', '100.0 %'],
    ];
    expect(table(rows, [1])).toBe(
      [
        'picture        probability  tag',
        'a.jpg                9.0 %  apple',
        'orchard/b.jpg      100.0 %',
      ].join('\n'),
    );
  });

  it('knows that colours take no room and Chinese takes more', () => {
    const lines = table([
      ['\u001b[31mred\u001b[39m', 'x'],
      ['苹果', 'x'],
      ['12345', 'x'],
    ]).split('\n');
    expect(lines.map((line) => stripVTControlCharacters(line))).toEqual(['red    x', '苹果   x', '12345  x']);
  });

  it('has a line for each row, whatever the cells are', () => {
    const cell = anyText.map(plain);
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 4 }), { minLength: 1 }), (rows) => {
        const lines = table(rows, [0]).split('\n');
        expect(lines).toHaveLength(rows.length);
        rows.forEach((row, index) => {
          for (const text of row) expect(lines[index]).toContain(text.trim());
        });
      }),
    );
  });
});

describe('text from outside', () => {
  it('cannot steer a terminal or break a line', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(plain(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
      }),
    );
    expect(plain('\u001b[2Japple\r\n')).toBe('\uFFFD[2Japple\uFFFD\uFFFD');
    expect(plain('Äpfel 苹果 🍎')).toBe('Äpfel 苹果 🍎');
  });
});
