import { rm } from 'node:fs/promises';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { loadHere } from './loadHere.ts';
import { gridModel } from './twins.ts';
import { writeFixture } from './writeFixture.ts';

/** Cells across and down, pairs of anchors, and tags: red, green and blue. */
const [WIDTH, HEIGHT, TAGS] = [4, 3, 3];
const ANCHORS = [1, 1, 2, 0.5];
type Thing = {
  cell: [column: number, row: number];
  anchor: number;
  box: number[];
  there: number;
  tag: number;
  share: number;
};

/** The way back, from the box that is wanted to the numbers of its cell: left, top, width and height in fractions. */
function raw(things: readonly Thing[]): Float32Array {
  const depth = (ANCHORS.length / 2) * (5 + TAGS);
  const values = new Float32Array(depth * HEIGHT * WIDTH).fill(-12);
  for (const {
    cell: [column, row],
    anchor,
    box: [left = 0, top = 0, width = 0, height = 0],
    there,
    tag,
    share,
  } of things) {
    const put = (channel: number, value: number) => {
      values[((anchor * (5 + TAGS) + channel) * HEIGHT + row) * WIDTH + column] = value;
    };
    const logit = (value: number) => Math.log(value / (1 - value));
    put(0, logit((left + width / 2) * WIDTH - column));
    put(1, logit((top + height / 2) * HEIGHT - row));
    put(2, Math.log((width * WIDTH) / (ANCHORS[2 * anchor] ?? 1)));
    put(3, Math.log((height * HEIGHT) / (ANCHORS[2 * anchor + 1] ?? 1)));
    put(4, logit(there));
    const rest = (1 - share) / (TAGS - 1);
    for (let each = 0; each < TAGS; each += 1) put(5 + each, Math.log(each === tag ? share : rest));
  }
  return values;
}

async function answersOf(values: Float32Array, biases?: readonly number[]) {
  const depth = (ANCHORS.length / 2) * (5 + TAGS);
  const properties = {
    'CustomVision.Postprocess.Method': 'Yolo',
    'CustomVision.Postprocess.Yolo.Biases': JSON.stringify(biases ?? ANCHORS),
    'CustomVision.Postprocess.Yolo.NmsThreshold': '0.45',
  };
  const directory = await writeFixture({ model: gridModel(values, [1, depth, HEIGHT, WIDTH]), properties });
  const loaded = await loadHere({ path: directory }).finally(() => rm(directory, { recursive: true }));
  const grey = sharp({ create: { width: 40, height: 30, channels: 3, background: '#888' } });
  const predictions = await loaded.predict(await grey.png().toBuffer()).finally(loaded.close);
  expect(loaded).toMatchObject({ task: 'detect', kind: 'General (compact) detector' });
  return predictions.filter(({ probability }) => probability > 0.1);
}

test('the grid of General (compact) is read with its anchors: each box comes back as it was put in', async () => {
  const predictions = await answersOf(
    raw([
      { cell: [1, 1], anchor: 0, box: [0.2, 0.3, 0.3, 0.4], there: 0.9, tag: 2, share: 0.8 },
      { cell: [3, 2], anchor: 1, box: [0.7, 0.7, 0.25, 0.2], there: 0.6, tag: 0, share: 0.5 },
    ]),
  );
  const near = (value: number) => expect.closeTo(value, 4);
  expect(predictions).toMatchObject([
    {
      ...{ tagName: 'blue', probability: near(0.72) },
      boundingBox: { left: near(0.2), top: near(0.3), width: near(0.3), height: near(0.4) },
    },
    {
      ...{ tagName: 'red', probability: near(0.3) },
      boundingBox: { left: near(0.7), top: near(0.7), width: near(0.25), height: near(0.2) },
    },
    { tagName: 'green', probability: near(0.15) },
    { tagName: 'blue', probability: near(0.15) },
  ]);
});

test('of boxes of one tag that overlap, the best stays; of two tags, both', async () => {
  const box = [0.2, 0.3, 0.3, 0.4];
  const one = { cell: [1, 1] as [number, number], anchor: 0, box, there: 0.9, share: 0.98, tag: 1 };
  const same = await answersOf(raw([one, { ...one, anchor: 1, there: 0.8 }]));
  expect(same).toMatchObject([{ tagName: 'green', probability: expect.closeTo(0.882, 3) }]);
  const other = await answersOf(raw([one, { ...one, anchor: 1, there: 0.8, tag: 0 }]));
  expect(other).toMatchObject([{ tagName: 'green' }, { tagName: 'red' }]);
});

test('a grid that does not fit its labels and anchors is refused with the numbers', async () => {
  await expect(answersOf(raw([]), [1, 1, 2, 2, 3, 3])).rejects.toThrow(
    /3 × \(5 \+ 3\) = 24 channels .*\[1,16,3,4\]/u,
  );
});
