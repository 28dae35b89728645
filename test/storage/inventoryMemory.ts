/** Run by itself: how much memory the comparison of two large containers takes, in megabytes. Prints JSON. */
import type { ContainerClient } from '@azure/storage-blob';
import { inventory } from '../../src/storage/inventory.ts';
import { toMetadata } from '../../src/storage/mark.ts';

const SIZE = 100_000;
const PAGE = 5_000;
const numbered = (prefix: string, suffix: string) => (index: number) =>
  `${prefix}${String(index).padStart(6, '0')}${suffix}`;

/** Pages of names made as they are asked for, as storage would send them. */
function container(nameOf: (index: number) => string, size = SIZE): ContainerClient {
  async function* pages() {
    for (let at = 0; at < size; at += PAGE) {
      const blobItems = Array.from({ length: Math.min(PAGE, size - at) }, (_, offset) => ({
        name: nameOf(at + offset),
        properties: { etag: `"0x${at + offset}"`, lastModified: new Date(0) },
        metadata: toMetadata({
          pictureEtag: `0x${at + offset}`,
          models: 'm'.repeat(100),
          status: 'succeeded',
        }),
      }));
      yield { segment: { blobItems } };
    }
  }
  return { listBlobsFlat: () => ({ byPage: pages }) } as unknown as ContainerClient;
}

/** One picture whose name begins all the others: its document comes after theirs. */
const afterTheRest = (suffix: string) => (index: number) => {
  if (suffix === '') return index === 0 ? 'img' : numbered('img-', '')(index);
  return index === SIZE - 1 ? 'img.json' : numbered('img-', '.json')(index + 1);
};

const cases: [string, ContainerClient, ContainerClient][] = [
  ['each with its document', container(numbered('a/', '.jpg')), container(numbered('a/', '.jpg.json'))],
  ['one that begins all others', container(afterTheRest('')), container(afterTheRest('.json'))],
  ['orphans before them', container(numbered('b/', '')), container(numbered('a/', '.json'), 5 * SIZE)],
];
const measured: object[] = [];
for (const [title, images, predictions] of cases) {
  const before = process.memoryUsage().rss;
  let [pictures, marked, peak] = [0, 0, before];
  for await (const { mark } of inventory(images, predictions)) {
    pictures += 1;
    if (mark) marked += 1;
    if (pictures % 1_000 === 0) peak = Math.max(peak, process.memoryUsage().rss);
  }
  measured.push({ title, pictures, marked, grownMb: (peak - before) / 2 ** 20 });
}
process.stdout.write(JSON.stringify(measured));
