import PQueue from 'p-queue';
import { KeylessError } from '../../errors/errors.ts';
import { sniff } from '../../pictures/format.ts';
import { lookAt } from '../../pictures/look/look.ts';
import type { Picture } from '../training/answers.ts';
import type { TrainingClient } from '../training/client.ts';
import { AddressEnded, type FetchFile } from './fetchFile.ts';
import type { Listed } from './listing.ts';
import type { Taken, TakenPicture } from './manifest.ts';
import type { Place } from './place.ts';

/** Downloads side by side; they come from storage, whose rate is far above. */
const AT_ONCE = 8;
/** Whose addresses are asked for together: so few that the last is fetched soon after. */
const BATCH = 64;
/** So that the next addresses are there when those of one end. */
const BATCHES_AT_ONCE = 2;
/** How often an address is asked for anew. */
const TIMES = 6;
/** Training takes 6 MB: https://learn.microsoft.com/azure/ai-services/custom-vision-service/limits-and-quotas */
const MOST_BYTES = 32 * 1024 * 1024;

export type PictureParts = {
  client: TrainingClient;
  projectId: string;
  fetchFile: FetchFile;
  place: Place;
  taken: Taken;
  signal: AbortSignal;
};

/**
 * Takes those pictures that are not there yet, telling each. Resolves with the ids of those that the service no longer has.
 * Rejects with a KeylessError; what was taken until then stays.
 */
export async function takePictures(
  parts: PictureParts,
  listed: readonly Listed[],
  step: () => void,
): Promise<ReadonlySet<string>> {
  const { client, projectId, taken, signal } = parts;
  const batches = new PQueue({ concurrency: BATCHES_AT_ONCE });
  const lanes = new PQueue({ concurrency: AT_ONCE });
  const ending = new AbortController();
  const within = { signal: AbortSignal.any([signal, ending.signal]) };
  const gone = new Set<string>();
  let left = await notYetThere(parts, listed);
  for (let there = left.length; there < listed.length; there += 1) step();

  /** Resolves with those whose addresses ended before their turn came. */
  async function takeBatch(batch: readonly Listed[], isLast: boolean): Promise<Listed[]> {
    const ids = batch.map(({ id }) => id);
    const fresh = new Map((await client.picturesById(projectId, ids)).map((each) => [each.id, each]));
    const ended: Listed[] = [];
    const take = async (picture: Listed): Promise<void> => {
      const known = fresh.get(picture.id);
      if (!known) return void gone.add(picture.id);
      try {
        await taken.addPicture(picture.id, await takeOne(parts, picture, known));
        step();
      } catch (error) {
        if (!(error instanceof AddressEnded)) throw error;
        if (isLast) throw lost(picture, error);
        ended.push(picture);
      }
    };
    await Promise.all(batch.map((picture) => lanes.add(() => take(picture), within)));
    return ended;
  }

  try {
    for (let time = 1; left.length > 0; time += 1) {
      const parted = Array.from({ length: Math.ceil(left.length / BATCH) }, (_, at) =>
        left.slice(at * BATCH, (at + 1) * BATCH),
      );
      const ended = await Promise.all(
        parted.map((batch) => batches.add(() => takeBatch(batch, time === TIMES), within)),
      );
      left = ended.flat();
    }
  } finally {
    ending.abort(); // one that failed for good ends the others
    await Promise.all([batches.onIdle(), lanes.onIdle()]); // before anybody says what is there
  }
  return gone;
}

async function takeOne(
  { fetchFile, place }: PictureParts,
  picture: Listed,
  { originalImageUri, resizedImageUri }: Picture,
): Promise<TakenPicture> {
  const address = originalImageUri ?? resizedImageUri ?? '';
  const bytes = await fetchFile(address, `picture ${picture.id}`, MOST_BYTES);
  const found = sniff(bytes);
  const extension =
    'format' in found ? { jpeg: 'jpg', png: 'png', gif: 'gif', bmp: 'bmp' }[found.format] : 'bin';
  const file = `pictures/${picture.id}.${extension}`;
  return { file, ...(await place.write(file, bytes)), ...(await sidesOf(bytes, picture)) };
}

/** Of the upright picture, as people and most tools see it, since that is what regions were drawn on; else as the service told. */
async function sidesOf(bytes: Buffer, { width, height }: Listed): Promise<{ width: number; height: number }> {
  const look = await lookAt(bytes).catch(() => undefined);
  if (look?.kind !== 'plain') return { width, height };
  const { size, orientation } = look;
  return orientation >= 5
    ? { width: size.height, height: size.width }
    : { width: size.width, height: size.height };
}

/** A picture that was written, and then the process ended before the manifest told of it, is there: nothing is taken twice. */
async function notYetThere({ place, taken }: PictureParts, listed: readonly Listed[]): Promise<Listed[]> {
  const fileOf = new Map([...taken.there.keys()].map((path) => [path.replace(/\.\w+$/u, ''), path]));
  const left: Listed[] = [];
  for (const picture of listed) {
    if (taken.pictures[picture.id]) continue;
    const file = fileOf.get(`pictures/${picture.id}`);
    const sum = file === undefined || taken.altered.has(file) ? undefined : taken.there.get(file);
    const bytes = file !== undefined && sum ? await place.read(file) : undefined;
    if (file !== undefined && sum && bytes)
      await taken.addPicture(picture.id, { file, ...sum, ...(await sidesOf(bytes, picture)) });
    else left.push(picture);
  }
  return left;
}

const lost = ({ id }: Listed, cause: AddressEnded): KeylessError =>
  new KeylessError(
    'VisionAnswerInvalid',
    `The service gave ${TIMES} addresses of the picture ${id}, and none of them was good (${cause.message}).`,
    {
      cause,
      fix: 'Check this machine’s clock, and the firewall of the service’s storage; then the same command again.',
    },
  );
