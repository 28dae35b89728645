import { app, type InvocationContext } from '@azure/functions';
import { asKeylessError, KeylessError } from '../errors.ts';
import { readDroppedPicture } from '../pictures/droppedPicture.ts';
import { readPicture } from '../pictures/picture.ts';
import { type DocumentImage, describePicture, failed, succeeded } from '../results/document.ts';
import { documentName, writeDocument } from '../results/store.ts';
import { modelsForPicture } from '../vision/models.ts';
import type { Budget } from '../vision/retry.ts';
import { loaded, pictureContainers, predictionClient, settings } from './app.ts';
import { score } from './score.ts';

/** The platform tries a thrown picture again at once and five times in all, so patience is ours to have. */
const BUDGET: Budget = { total: 150_000, attempt: 15_000, firstWait: 500 };

/**
 * A picture was dropped: scores it and writes its document. What trying again can mend is thrown, for the platform to
 * try again; what it cannot is written as a failed document.
 */
async function predictBlob(handed: unknown, context: InvocationContext): Promise<void> {
  const { models, imagesContainer } = settings();
  const name = pictureName(context);
  const { images, predictions } = await pictureContainers();
  const dropped = await readDroppedPicture(images, name, asBuffer(handed));
  if (!dropped) {
    context.info(`${name}: gone before it was read; nothing to do.`);
    return;
  }
  let image: DocumentImage = { name, container: imagesContainer, etag: dropped.etag };
  try {
    const picture = readPicture(dropped.bytes);
    image = { ...image, ...describePicture(picture) };
    const results = await score(predictionClient(), modelsForPicture(models, name), picture, BUDGET);
    await writeDocument(predictions, name, succeeded(image, results));
    context.info(`${name}: ${results.map((result) => summary(result)).join(', ')} → ${documentName(name)}`);
  } catch (thrown) {
    const error = asKeylessError(thrown);
    const line = `${name}: ${error.code}: ${error.message}`;
    if (error.transient) {
      context.warn(`${line} Left to the next attempt.`);
      throw error;
    }
    await writeDocument(predictions, name, failed(image, error));
    context.error(`${line} Fix: ${error.fix}`);
  }
}

/** From `blobTrigger` ("container/name"): the trigger’s own `name` is parsed as JSON, so `12345` would be a number. */
function pictureName(context: InvocationContext): string {
  const path = context.triggerMetadata?.blobTrigger;
  if (typeof path === 'string' && path.includes('/')) return path.slice(path.indexOf('/') + 1);
  throw new KeylessError('Unexpected', 'The trigger did not say which picture it is for.');
}

function asBuffer(handed: unknown): Buffer {
  if (Buffer.isBuffer(handed)) return handed;
  return handed instanceof Uint8Array
    ? Buffer.from(handed.buffer, handed.byteOffset, handed.byteLength)
    : Buffer.alloc(0);
}

function summary({
  model,
  accepted,
}: {
  model: string;
  accepted: { tagName: string; probability: number }[];
}): string {
  const best = accepted[0];
  return best
    ? `${model} ${best.tagName} ${best.probability.toFixed(2)}`
    : `${model} nothing above the threshold`;
}

const { imagesContainer, blobTriggerSource } = loaded.registration;
app.storageBlob('predictBlob', {
  path: `${imagesContainer}/{name}`,
  connection: 'ImageStorage',
  source: blobTriggerSource,
  handler: predictBlob,
});
