import type { ContainerClient } from '@azure/storage-blob';
import { missing } from '../../src/scoring/selection.ts';
import type { Model } from '../../src/settings/settings.ts';
import type { Containers } from '../../src/storage/containers.ts';
import { modelsKey, toMetadata } from '../../src/storage/mark.ts';
import { atMost, median, type Row } from './row.ts';
import { PROJECT_ID } from './stub.ts';

const SIZES = [1_000, 10_000, 100_000];
const ROUNDS = 5;
const PAGE = 5_000;
const model: Model = {
  ...{ name: 'fruit', endpoint: 'https://fruit.example', projectId: PROJECT_ID, publishedName: 'one' },
  ...{ task: 'classify', store: false, rate: 20, paths: ['**'], threshold: 0.5, tiles: false },
};

/** What backfill reads before it pays: names compared with documents, of which every tenth is not there. */
export async function measure(): Promise<Row[]> {
  const perName: Record<number, number[]> = Object.fromEntries(SIZES.map((size) => [size, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const size of SIZES) {
      const repeats = 100_000 / size; // as much work each
      const before = process.cpuUsage();
      for (let time = 0; time < repeats; time += 1) await compare(size);
      const { user, system } = process.cpuUsage(before);
      if (round > 0) perName[size]?.push((user + system) / size / repeats);
    }
  }
  const [least = 0, ...larger] = SIZES.map((size) => median(perName[size] ?? []));
  return larger.map((took, index) => ({
    ...{ work: `${SIZES[index + 1]?.toLocaleString('en')} names compared`, against: 'a name of 1,000' },
    result: `${(took / least).toFixed(2)} × a name (${took.toFixed(1)} to ${least.toFixed(1)} µs of computing)`,
    ...{ ratio: took / least, ...(index === larger.length - 1 && atMost(took / least, 1.5)) },
  }));
}

async function compare(size: number): Promise<void> {
  const images = container(size, (index) => `pictures/${pad(index)}.jpg`);
  const predictions = container(
    size,
    (index) => `pictures/${pad(index)}.jpg.json`,
    (index) => index % 10 > 0,
  );
  let found = 0;
  const containers = { images, predictions } as unknown as Containers;
  for await (const _ of missing(containers, [model], {})) found += 1;
  if (found !== size / 10) throw new Error(`${found} of ${size} were found missing.`);
}

const pad = (index: number) => String(index).padStart(6, '0');

/** Pages of names made as they are asked for, as storage would send them. */
function container(
  size: number,
  nameOf: (index: number) => string,
  is: (index: number) => boolean = () => true,
): ContainerClient {
  const item = (index: number) => ({
    name: nameOf(index),
    properties: { etag: `"0x${index}"`, lastModified: new Date(0) },
    metadata: toMetadata({ pictureEtag: `0x${index}`, models: modelsKey([model]), status: 'succeeded' }),
  });
  async function* pages() {
    for (let at = 0; at < size; at += PAGE) {
      const indices = Array.from({ length: Math.min(PAGE, size - at) }, (_, offset) => at + offset);
      yield { segment: { blobItems: indices.filter(is).map(item) } };
    }
  }
  return { listBlobsFlat: () => ({ byPage: pages }) } as unknown as ContainerClient;
}
