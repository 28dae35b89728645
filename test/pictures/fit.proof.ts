import { describe, expect, it } from 'vitest';
import { fitPicture } from '../../src/pictures/fit.ts';
import { mergeParts } from '../../src/pictures/mergeParts.ts';
import { noise, plain, redBox, TILES } from './painted.ts';
import { expectWithinLimits } from './withinLimits.ts';

describe('a photograph of 24 megapixels, taken upright', () => {
  it('goes out upright with fewer pixels, and for a detector, on demand, in tiles of all its pixels', async () => {
    const bytes = await noise(6000, 4000)
      .composite([
        {
          input: await plain(300, 200, 'red').png().toBuffer(),
          left: 4000,
          top: 500,
        },
      ])
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 80 })
      .toBuffer();
    expect(bytes.length).toBeGreaterThan(10_000_000);
    const fitted = await fitPicture(bytes, TILES);

    await expectWithinLimits(fitted);
    expect(fitted.picture).toMatchObject({
      contentType: 'image/jpeg',
      bytes: bytes.length,
      width: 4000,
      height: 6000,
    });
    expect(fitted.sent.steps).toEqual([
      'turned upright (EXIF orientation 6)',
      expect.stringMatching(/^shrunk from 4,000 × 6,000 to [\d,]+ × [\d,]+ pixels$/u),
      expect.stringMatching(/^saved as JPEG of quality (90|80)$/u),
      `split into ${fitted.sent.tiles} overlapping tiles, sent beside the whole picture`,
    ]);
    expect(fitted.parts).toHaveLength(1 + (fitted.sent.tiles ?? 0));

    // stored at 4000,500 and turned a quarter to the right, the red lies at 4000-500-200 from the left
    const real = { left: 3300 / 4000, top: 4000 / 6000, width: 200 / 4000, height: 300 / 6000 };
    const seen = await Promise.all(
      fitted.parts.map(async ({ bytes: part }) => {
        const boundingBox = await redBox(part);
        return boundingBox ? [{ tagName: 'red', tagId: 'r', probability: 0.9, boundingBox }] : [];
      }),
    );
    expect(seen.flat().length).toBeGreaterThan(1);
    const merged = await mergeParts(fitted.parts, seen);
    expect(merged).toHaveLength(1);
    for (const [side, value] of Object.entries(real))
      expect([side, merged[0]?.boundingBox]).toEqual([
        side,
        expect.objectContaining({ [side]: expect.closeTo(value, 2) }),
      ]);
  });
});
