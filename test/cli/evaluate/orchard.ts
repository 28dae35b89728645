import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tagNames } from '../../../local/drawing/fruits.ts';
import { drawPicture } from '../../../local/drawing/picture.ts';
import type { Labelled } from '../../../src/cli/evaluate/truth/truth.ts';
import { loadHere } from '../../exports/loadHere.ts';
import type { Said } from './secondCount.ts';

/** Far from the seeds that the sample models were trained on. */
const FIRST_SEED = 52_000_000;

export type Orchard = { folder: string; pictures: Labelled[] };

const write = (folder: string, name: string, bytes: string | Buffer) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), bytes);
};

/** Drawn pictures of one fruit each, in folders of their tag. */
export async function taggedOrchard(folder: string, count: number): Promise<Orchard> {
  const drawn = await Promise.all(
    Array.from({ length: count }, (_, index) => drawPicture(FIRST_SEED + index, { size: 200 })),
  );
  const pictures = drawn.map(({ jpeg, boxes }, index): Labelled => {
    const tag = boxes[0]?.tagName ?? '';
    const name = `${tag}/${index}.jpg`;
    write(folder, name, jpeg);
    return { name, path: join(folder, name), tags: [tag] };
  });
  return { folder, pictures: pictures.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** Drawn pictures of up to three fruits, with coco.json beside them. */
export async function boxedOrchard(folder: string, count: number, size = 320): Promise<Orchard> {
  const drawn = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      drawPicture(FIRST_SEED + 10_000 + index, { size, count: index % 4, scale: [0.2, 0.6] }),
    ),
  );
  const categories = tagNames.map((name, id) => ({ id, name }));
  const images = drawn.map(({ jpeg }, id) => {
    write(folder, `${id}.jpg`, jpeg);
    return { id, file_name: `${id}.jpg`, width: size, height: size };
  });
  const annotations = drawn.flatMap(({ boxes }, image_id) =>
    boxes.map(({ tagName, left, top, width, height }) => ({
      ...{ image_id, category_id: tagNames.indexOf(tagName), iscrowd: 0 },
      bbox: [left, top, width, height].map((fraction) => fraction * size),
    })),
  );
  write(folder, 'coco.json', JSON.stringify({ images, categories, annotations }));
  const pictures = drawn.map(({ boxes }, index): Labelled => {
    const own = boxes.map(({ tagName: tag, left, top, width, height }) => ({
      ...{ tag, box: { left, top, width, height }, crowd: false },
    }));
    return {
      ...{ name: `${index}.jpg`, path: join(folder, `${index}.jpg`) },
      tags: [...new Set(own.map(({ tag }) => tag))],
      drawn: { boxes: own, width: size, height: size },
    };
  });
  return { folder, pictures };
}

/** What an export says of each, asked directly. */
export async function saidBy(
  path: string,
  pictures: readonly Labelled[],
  read: (path: string) => Promise<Buffer>,
): Promise<Said[]> {
  const loaded = await loadHere({ path });
  const said: Said[] = [];
  for (const picture of pictures)
    said.push({ picture, answer: await loaded.predict(await read(picture.path)) });
  await loaded.close();
  return said;
}
