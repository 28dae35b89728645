import sharp, { type Sharp } from 'sharp';
import { drawAnnotations } from '../../src/pictures/drawing/drawing.ts';
import { fitPicture } from '../../src/pictures/fit.ts';
import { beside, computed, inTurns, sideBySide } from './inTurns.ts';
import { atMost, type Row } from './row.ts';

const ROUNDS = 9;
/** As ours has it: optimised coding takes much time and little room. */
const JPEG = { quality: 90, optimiseCoding: false } as const;
const MEGAPIXELS = { 12: [4_000, 3_000], 24: [6_000, 4_000] } as const;

const grain = ([width, height]: readonly [number, number], sigma: number): Sharp =>
  sharp({
    create: { width, height, channels: 3, background: 'grey', noise: { type: 'gaussian', mean: 120, sigma } },
  });

/** Work on large pictures against what sharp takes for the same pixels, in milliseconds of computing. */
export async function measure(): Promise<Row[]> {
  sharp.concurrency(1);
  sharp.cache(false);
  const rows: Row[] = [];
  for (const [megapixels, sides] of Object.entries(MEGAPIXELS)) {
    const bytes = await grain(sides, 30).jpeg({ quality: 92 }).toBuffer();
    const fitted = await fitPicture(bytes, { task: 'classify', tiles: false });
    const tiled = await fitPicture(bytes, { task: 'detect', tiles: true });
    const { width, height } = fitted.sent;
    const shrunk = () => sharp(bytes).resize(width, height, { fit: 'fill' }).jpeg(JPEG).toBuffer();
    const add = async (what: string, ours: () => Promise<unknown>, best: () => Promise<unknown>) => {
      const rounds = await inTurns(ROUNDS, { ours: () => computed(ours), best: () => computed(best) });
      const both = beside(
        rounds,
        (round) => round.ours,
        ({ best: least }) => least,
      );
      rows.push({
        ...{ work: `${what}, ${megapixels} megapixels`, against: 'sharp alone' },
        ...{ ratio: both.ratio, ...atMost(both.ratio, 1.2) },
        result: sideBySide(both, '', 0, ' ms of computing'),
      });
    };
    await add('shrink', () => fitPicture(bytes, { task: 'classify', tiles: false }), shrunk);
    await add(
      `shrink and ${tiled.parts.length - 1} tiles`,
      () => fitPicture(bytes, { task: 'detect', tiles: true }),
      async () => {
        await shrunk();
        const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
        const raw = { width: info.width, height: info.height, channels: info.channels };
        for (const { box } of tiled.parts.slice(1)) {
          await sharp(data, { raw })
            .extract({
              left: Math.round(box.left * info.width),
              top: Math.round(box.top * info.height),
              width: Math.round(box.width * info.width),
              height: Math.round(box.height * info.height),
            })
            .jpeg(JPEG)
            .toBuffer();
        }
      },
    );
    const boxes = [
      { tagName: 'apple', probability: 0.9, box: { left: 0.1, top: 0.1, width: 0.3, height: 0.3 } },
    ];
    await add(
      'overlay',
      () => drawAnnotations(bytes, { boxes, captions: [] }, 'svg'),
      () =>
        sharp(bytes).resize({ width: 1_600, height: 1_600, fit: 'inside' }).jpeg({ quality: 82 }).toBuffer(),
    );
  }
  return rows;
}
