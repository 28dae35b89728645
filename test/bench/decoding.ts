import sharp, { type Sharp } from 'sharp';
import { digest } from '../../src/pictures/digest.ts';
import { fitPicture } from '../../src/pictures/fit.ts';
import { lookAt } from '../../src/pictures/look/look.ts';
import { computed, inTurns } from './inTurns.ts';
import type { Row } from './row.ts';

const RUNS = 15;

const grain = (width: number, height: number, sigma: number): Sharp =>
  sharp({
    create: { width, height, channels: 3, background: 'grey', noise: { type: 'gaussian', mean: 120, sigma } },
  });

/** Pictures that go as they came. */
const PICTURES: Record<string, () => Promise<Buffer>> = {
  'JPEG of 640 × 640': () => grain(640, 640, 10).jpeg().toBuffer(),
  'JPEG of 12 megapixels': () => grain(4_000, 3_000, 14).jpeg().toBuffer(),
  'the same, progressive': () => grain(4_000, 3_000, 14).jpeg({ progressive: true }).toBuffer(),
  'PNG of 4 MB': () => grain(1_300, 1_000, 30).png().toBuffer(),
  'GIF of 2 megapixels': () => grain(1_600, 1_200, 20).gif({ effort: 1 }).toBuffer(),
};

/** What it takes to decode a picture before it goes as it came: beside a look at it alone, and beside a full decoding. */
export async function measure(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [what, make] of Object.entries(PICTURES)) {
    const bytes = await make();
    const rounds = await inTurns(RUNS, {
      look: () =>
        computed(async () => {
          await lookAt(bytes);
          await digest('sha256', bytes);
        }),
      fit: () => computed(() => fitPicture(bytes, { task: 'classify', tiles: false })),
      full: () => computed(() => sharp(bytes).raw().toBuffer()),
    });
    // the least: memory that is touched for the first time may cost a decoding as much again
    const least = (of: 'look' | 'fit' | 'full') => Math.min(...rounds.map((round) => round[of]));
    const ratio = least('fit') / least('full');
    rows.push({
      ...{ work: `${what} as it came`, against: 'a full decoding', ratio },
      result: `${ratio.toFixed(2)} × (${least('fit').toFixed(1)} ms of computing, ${least('look').toFixed(1)} without decoding)`,
    });
  }
  return rows;
}
