import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_UPLOAD_BYTES } from '../../../src/pictures/limits.ts';
import { LONGEST_BLOCK_MS, longestBlock } from '../../support/longestBlock.ts';
import { runs } from '../../support/runs.ts';
import { verdict } from '../painted.ts';

/** A head, then the same bytes again and again. */
function filled(head: string, again: string, tail = '', length = MAX_UPLOAD_BYTES): Buffer {
  const bytes = Buffer.alloc(length, Buffer.from(again, 'hex'));
  bytes.set(Buffer.from(head, 'hex'));
  bytes.set(Buffer.from(tail, 'hex'), bytes.length - tail.length / 2);
  return bytes;
}

const JPEG = 'ffd8';
const FRAME = 'ffc00011080010001003012200021101031101';
const SCAN = 'ffda000c03010002110311003f00';
const PNG = '89504e470d0a1a0a0000000d49484452000000100000001008020000000000 0000'.replace(' ', '');
const GIF = '4749463839611000100000 00 00'.replaceAll(' ', '');
const IMAGE = '2c0000000010001000 00 02'.replaceAll(' ', '');

/** Directories of one entry each, every one the next of another. */
function directories(circle: boolean): Buffer {
  const bytes = Buffer.alloc(MAX_UPLOAD_BYTES);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(8, 4);
  for (let at = 8; at + 18 <= bytes.length; at += 18) {
    bytes.writeUInt16LE(1, at);
    bytes.writeUInt16LE(256, at + 2);
    const last = at + 36 > bytes.length;
    bytes.writeUInt32LE(last ? (circle ? 8 : 0) : at + 18, at + 14);
  }
  return bytes;
}

/** Directories of very many entries that lie over each other. */
function overlapping(): Buffer {
  const bytes = Buffer.alloc(MAX_UPLOAD_BYTES, Buffer.from([0xff, 0xff, 0x4a, 1]));
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(8, 4);
  return bytes;
}

describe('a look at 32 MiB of bytes', () => {
  it.each<[string, () => Buffer]>([
    ['a scan without a frame header', () => filled(`${JPEG}ffe000040000${SCAN}`, '00', 'ffd9')],
    ['a scan of FF 00 without an end mark', () => filled(JPEG + FRAME + SCAN, 'ff00')],
    ['a scan of FF alone', () => filled(JPEG + FRAME + SCAN, 'ff')],
    ['empty segments', () => filled(JPEG, 'ffe00002')],
    ['stuffed bytes between segments', () => filled(JPEG, 'ff00')],
    ['stray bytes between segments', () => filled(`${JPEG}ff`, '0000ff00')],
    ['fill bytes', () => filled(JPEG, 'ff')],
    ['empty chunks', () => filled(PNG, '000000006162636400000000')],
    ['empty picture data', () => filled(PNG, '000000004944415400000000')],
    ['sub-blocks of one byte', () => filled(GIF + IMAGE, '01')],
    ['empty images', () => filled(GIF, `${IMAGE}00`)],
    ['extensions without data', () => filled(GIF, '21ff00')],
    [
      'boxes of eight bytes',
      () => filled('0000001c6674797061766966000000006176696600000000000000', '0000000866726565'),
    ],
    ['WebP chunks without data', () => filled('52494646f8ffff0157454250', '4142434400000000')],
    ['directories in a row', () => directories(false)],
    ['directories in a circle', () => directories(true)],
    ['directories over each other', overlapping],
  ])('never holds the event loop: %s', async (_name, make) => {
    const bytes = make();
    let said = '';
    const block = await longestBlock(async () => {
      said = await verdict(bytes);
    });
    expect(said).toMatch(/^Image(Truncated|Undecodable)$/u);
    expect(block).toBeLessThan(LONGEST_BLOCK_MS);
  });

  it('never holds it and never throws but an error of the book, whatever is repeated', async () => {
    const heads = [
      JPEG,
      JPEG + FRAME,
      JPEG + FRAME + SCAN,
      PNG,
      GIF,
      GIF + IMAGE,
      '424d',
      '49492a0008000000',
      '4d4d002a00000008',
    ];
    const unit = fc
      .uint8Array({ minLength: 1, maxLength: 40 })
      .map((bytes) => Buffer.from(bytes).toString('hex'));
    const seed = fc.constantFrom('', 'ff', 'ffe1', 'ffda', '49444154', '65584966', '2c', '21f9', '28000000');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...heads), seed, unit, async (head, start, again) => {
        const bytes = filled(head, start + again, '', 4 * 1024 * 1024);
        let said = '';
        const block = await longestBlock(async () => {
          said = await verdict(bytes);
        });
        expect(said).toMatch(/^(fit|Image)/u);
        expect(block).toBeLessThan(LONGEST_BLOCK_MS);
      }),
      { numRuns: runs(10) },
    );
  });
});
