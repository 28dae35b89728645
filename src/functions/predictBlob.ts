import { app, type InvocationContext } from '@azure/functions';
import { KeylessError } from '../errors/errors.ts';
import { attempt } from '../scoring/attempt.ts';
import { loaded, scoringParts } from './app.ts';

/** A picture was dropped, and the host hands over its bytes. */
async function predictBlob(handed: unknown, context: InvocationContext): Promise<void> {
  const name = pictureName(context);
  await attempt(scoringParts, name, context, { handed: asBuffer(handed) });
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

const { imagesContainer, blobTriggerSource, eventDelivery } = loaded.registration;
// With the delivery by queue its twin predictQueuedBlob takes the events; both would score every picture twice.
if (eventDelivery === 'webhook') {
  app.storageBlob('predictBlob', {
    path: `${imagesContainer}/{name}`,
    connection: 'ImageStorage',
    source: blobTriggerSource,
    handler: predictBlob,
  });
}
