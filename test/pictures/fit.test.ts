import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitPicture } from '../../src/pictures/fit.ts';
import { MAX_BYTES } from '../../src/pictures/limits.ts';
import { mergeParts } from '../../src/pictures/mergeParts.ts';
import { runs } from '../support/runs.ts';
import { bitmap } from './files.ts';
import { CLASSIFY, colourAt, DETECT, noise, plain, redBox, TILES } from './painted.ts';
import { expectWithinLimits } from './withinLimits.ts';

describe('a picture over a limit', () => {
  it('of 20 MB of PNG becomes a JPEG with as few changes as its size needs', async () => {
    const bytes = await noise(2400, 2400, 60).png({ compressionLevel: 1 }).toBuffer();
    expect(bytes.length).toBeGreaterThan(16_000_000);
    const fitted = await fitPicture(bytes, CLASSIFY);
    await expectWithinLimits(fitted);
    expect(fitted.sent.bytes).toBeGreaterThan(MAX_BYTES / 3);
    expect(fitted.sent.steps[0]).toBe('converted from PNG');
    expect(fitted.parts).toHaveLength(1);
  });

  it('keeps its pixels where a stronger compression is enough', async () => {
    const bytes = await noise(2400, 2400, 12).jpeg({ quality: 99 }).toBuffer();
    expect(bytes.length).toBeGreaterThan(MAX_BYTES);
    for (const how of [CLASSIFY, TILES]) {
      const { sent, parts } = await fitPicture(bytes, how);
      expect(sent.steps).toEqual([expect.stringMatching(/^saved as JPEG of quality \d\d$/u)]);
      expect(sent).toMatchObject({ width: 2400, height: 2400 });
      expect(parts).toHaveLength(1);
    }
  });

  it('as a strip is shrunk and padded to 25:1, and its boxes are those of the strip', async () => {
    const red = await plain(120, 120, 'red').png().toBuffer();
    const bytes = await plain(12_000, 400)
      .composite([{ input: red, left: 9_000, top: 200 }])
      .jpeg()
      .toBuffer();
    const fitted = await fitPicture(bytes, DETECT);
    await expectWithinLimits(fitted);
    expect(fitted.sent).toMatchObject({
      width: 10_000,
      height: 400,
      steps: [
        'shrunk from 12,000 × 400 to 10,000 × 333 pixels',
        'padded with grey to 10,000 × 400 pixels',
        'saved as JPEG of quality 90',
      ],
    });
    const [part] = fitted.parts;
    expect(await colourAt(part?.bytes ?? Buffer.alloc(0), 0.5, 0)).toEqual([128, 128, 128]);
    const boundingBox = await redBox(part?.bytes ?? Buffer.alloc(0));
    expect(boundingBox).toBeDefined();
    const [merged] = await mergeParts(fitted.parts, [
      boundingBox ? [{ tagName: 'red', tagId: 'r', probability: 1, boundingBox }] : [],
    ]);
    expect(merged?.boundingBox).toEqual({
      left: expect.closeTo(0.75, 2),
      top: expect.closeTo(0.5, 2),
      width: expect.closeTo(0.01, 2),
      height: expect.closeTo(0.3, 2),
    });
  });

  it('as a bitmap, which the converter does not read, is converted all the same', async () => {
    const fitted = await fitPicture(bitmap(1400, 1100), CLASSIFY);
    await expectWithinLimits(fitted);
    expect(fitted.picture).toMatchObject({ contentType: 'image/bmp', width: 1400, height: 1100 });
    expect(fitted.sent.steps).toEqual(['converted from BMP', 'saved as JPEG of quality 90']);
  });

  it('is never over it any more, whatever its sides, and never enlarged', async () => {
    const side = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 40_000 }));
    const sizes = fc.tuple(side, side).filter(([width, height]) => width * height <= 1_500_000);
    await fc.assert(
      fc.asyncProperty(sizes, fc.boolean(), async ([width, height], tiles) => {
        const fitted = await fitPicture(
          await plain(width, height).png({ compressionLevel: 1 }).toBuffer(),
          tiles ? TILES : CLASSIFY,
        );
        await expectWithinLimits(fitted);
        expect(fitted.picture).toMatchObject({ width, height });
        const longest = Math.max(width, height);
        expect(Math.max(fitted.sent.width, fitted.sent.height)).toBeLessThanOrEqual(longest);
      }),
      { numRuns: runs(6) },
    );
  });
});
