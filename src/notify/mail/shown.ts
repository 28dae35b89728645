import { loadConverter } from '../../pictures/converter.ts';
import { drawAnnotations } from '../../pictures/drawing/drawing.ts';
import { MAX_UPLOAD_BYTES } from '../../pictures/limits.ts';
import { annotationsOf } from '../../storage/annotations.ts';
import type { Containers } from '../../storage/containers.ts';
import { parseDocument } from '../../storage/documentShape.ts';
import { lookAtPicture, readPicture } from '../../storage/droppedPicture.ts';
import { sameEtag } from '../../storage/mark.ts';
import { readDocumentText } from '../../storage/store.ts';
import type { Item } from './digestState.ts';
import type { Shown } from './letter.ts';

/** Memory that pictures take, by one count with all others of the process. */
export type Room = {
  hold<T>(
    bytes: number,
    patience: { longestWaitMs: number },
    work: (held: { grow(more: number): Promise<void> }) => Promise<T>,
  ): Promise<T>;
};

const MOST_SHOWN = 6;
const SIDE = 1_120;
/** Together, before base64: a mail has 10 MB at most. */
const MOST_BYTES = 4 * 1024 * 1024;
const LONGEST_WAIT_MS = 5_000;
/** For all of them: what is left is told in words. */
const LONGEST_MS = 20_000;
const MOST_WORDS = 8;

/** The first pictures of a digest, with what was seen drawn over them. One that cannot be shown stands there in words. */
export async function shownOf(containers: Containers, room: Room, items: readonly Item[]): Promise<Shown[]> {
  const shown: Shown[] = [];
  let bytes = 0;
  const deadline = performance.now() + LONGEST_MS;
  for (const { name } of items.slice(0, MOST_SHOWN)) {
    if (performance.now() > deadline) break;
    const one = await show(containers, room, name).catch((): Shown => ({ name, words: '' }));
    const { jpeg, ...words } = one;
    bytes += jpeg?.length ?? 0;
    shown.push(jpeg && bytes <= MOST_BYTES ? { ...words, jpeg } : words);
  }
  return shown;
}

async function show(containers: Containers, room: Room, name: string): Promise<Shown> {
  const { images, predictions } = containers;
  const found = await readDocumentText(predictions, name);
  if (!found || found === 'too large') return { name, words: '' };
  const document = parseDocument(found.text);
  const words = document.error
    ? `${document.error.code}: ${document.error.title}`
    : document.results
        .flatMap(({ accepted }) => accepted)
        .slice(0, MOST_WORDS)
        .map(({ tagName, probability }) => `${tagName} ${probability.toFixed(2)}`)
        .join(', ') || 'nothing above the threshold';
  const picture = await lookAtPicture(images, name);
  const drawable =
    typeof picture === 'object' &&
    picture.length <= MAX_UPLOAD_BYTES &&
    sameEtag(document.image.etag, picture.etag);
  if (!drawable) return { name, words };
  const jpeg = await room
    .hold(picture.length, { longestWaitMs: LONGEST_WAIT_MS }, async ({ grow }) => {
      const bytes = await readPicture(images, picture);
      if (typeof bytes === 'string') return undefined;
      const { body } = await drawAnnotations(bytes, annotationsOf(document, undefined), 'png', grow);
      const sharp = await loadConverter();
      return sharp(body)
        .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
        .jpeg({ quality: 80 })
        .toBuffer();
    })
    .catch(() => undefined); // no picture at all, or no memory for now: the words tell
  return { name, words, ...(jpeg && { jpeg }) };
}
