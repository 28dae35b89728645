import { KeylessError } from '../errors/errors.ts';
import type { Telling } from '../notify/telling.ts';
import type { Model } from '../settings/settings.ts';
import type { Containers } from '../storage/containers.ts';
import type { PredictionDocument } from '../storage/document.ts';
import { currentEtag, lookAtPicture, type Missing } from '../storage/droppedPicture.ts';
import { isCurrent, iterationsOf, type Mark, modelsKey, sameEtag } from '../storage/mark.ts';
import { type Found, findDocument, removeDocument, writeDocument } from '../storage/store.ts';
import { span } from '../telemetry/telemetry.ts';

/** Whoever holds the claim is alone, but for one who lost it unawares. */
const MOST_WRITES = 10;

export type Put =
  | { kind: 'written'; document: PredictionDocument }
  | { kind: 'already done' | 'superseded' | Missing };

export type PutParts = {
  containers: Pick<Containers, 'images' | 'predictions'>;
  /** Without it nobody is told. */
  telling?: Telling;
};

/**
 * Writes over exactly the document that was there before; where another came in between, the picture’s present content
 * decides. Of a picture that was deleted meanwhile none is left. Who is to be told of it stands with the document from
 * its first moment. Rejects with BlobNotOurs where something lies there that this app has not written.
 */
export const putDocument = (
  parts: PutParts,
  document: PredictionDocument,
  wanted: readonly Model[],
  before: Found | undefined,
): Promise<Put> =>
  span('write', { 'keyless.status': document.status }, async (note) => {
    const put = await replaceDocument(parts, document, wanted, before);
    note({ 'keyless.outcome': put.kind, ...(document.error && { 'keyless.code': document.error.code }) });
    return put;
  });

async function replaceDocument(
  { containers: { images, predictions }, telling }: PutParts,
  document: PredictionDocument,
  wanted: readonly Model[],
  before: Found | undefined,
): Promise<Put> {
  const { name = '', etag = '' } = document.image;
  const models = modelsKey(wanted);
  const mark: Mark = {
    pictureEtag: etag,
    models,
    status: document.status,
    ...(document.error && { code: document.error.code }),
    ...iterationsOf(document.results),
  };
  let replaced = before;
  for (let writes = 0; writes < MOST_WRITES; writes += 1) {
    const outbox = telling?.outboxOf(document, mark, wanted, replaced?.mark) ?? [];
    if (await writeDocument(predictions, name, document, { ...mark, outbox }, replaced?.documentEtag)) {
      const picture = await lookAtPicture(images, name); // after the write: none can be deleted unseen before it
      if (typeof picture === 'string') {
        await removeDocument(predictions, name, etag);
        return { kind: picture };
      }
      await telling?.handOn(name, outbox);
      return { kind: 'written', document };
    }
    const seen = replaced;
    replaced = await findDocument(predictions, name);
    if (replaced && replaced.content === seen?.content) continue; // somebody was told of it meanwhile
    if (isCurrent(replaced?.mark, etag, models)) return { kind: 'already done' };
    if (!sameEtag(await currentEtag(images, name), etag)) return { kind: 'superseded' };
  }
  throw new KeylessError(
    'PictureBusy',
    `Others wrote the document of ${name} ${MOST_WRITES} times meanwhile.`,
  );
}
