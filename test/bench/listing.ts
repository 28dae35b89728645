import type { ContainerClient } from '@azure/storage-blob';
import { missing } from '../../src/scoring/selection.ts';
import type { Model } from '../../src/settings/settings.ts';
import type { Containers } from '../../src/storage/containers.ts';
import { modelsKey, toMetadata } from '../../src/storage/mark.ts';
import { beside, computed, inTurns, sideBySide } from './inTurns.ts';
import { atMost, type Row } from './row.ts';
import { PROJECT_ID } from './stub.ts';

const [LEAST, MOST] = [1_000, 100_000];
const ROUNDS = 5;
const PAGE = 5_000;
const model: Model = {
  ...{ name: 'fruit', endpoint: 'https://fruit.example', projectId: PROJECT_ID, publishedName: 'one' },
  ...{ task: 'classify', store: false, rate: 20, paths: ['**'], threshold: 0.5, tiles: false },
};

/** What backfill reads before it pays: names compared with documents, of which every tenth is not there. */
export async function measure(): Promise<Row[]> {
  /** Microseconds of computing, of as much work for each size. */
  const perName = async (size: number) => {
    const repeats = MOST / size;
    const took = await computed(async () => {
      for (let time = 0; time < repeats; time += 1) await compare(size);
    });
    return (took * 1_000) / MOST;
  };
  const rounds = await inTurns(ROUNDS, {
    least: () => perName(LEAST),
    more: () => perName(10_000),
    most: () => perName(MOST),
  });
  const row = (size: 'more' | 'most', words: string, most?: number): Row => {
    const both = beside(
      rounds,
      (round) => round[size],
      ({ least }) => least,
    );
    return {
      ...{ work: `${words} names compared`, against: 'a name of 1,000' },
      ...{ ratio: both.ratio, ...(most && atMost(both.ratio, most)) },
      result: sideBySide(both, ' a name', 1, ' µs of computing'),
    };
  };
  return [row('more', '10,000'), row('most', '100,000', 1.5)];
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
