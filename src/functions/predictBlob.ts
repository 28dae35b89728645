import { app, type InvocationContext } from '@azure/functions';
import { asKeylessError, KeylessError } from '../errors.ts';
import type { PredictionDocument } from '../results/document.ts';
import { documentName } from '../results/store.ts';
import { loaded, scoringParts } from './app.ts';
import { patiently } from './patiently.ts';
import { type Outcome, scorePicture } from './scorePicture.ts';
import { inFlight } from './shutdown.ts';

/**
 * A picture was dropped: scores it and writes its document. What trying again can mend is thrown, for the platform to
 * try again; what it cannot is written as a failed document.
 */
async function predictBlob(handed: unknown, context: InvocationContext): Promise<void> {
  const name = pictureName(context);
  try {
    const outcome = await inFlight((signal) =>
      patiently(
        async () => scorePicture({ ...(await scoringParts()), signal }, name, { handed: asBuffer(handed) }),
        signal,
      ),
    );
    tell(context, name, outcome);
  } catch (thrown) {
    const error = asKeylessError(thrown);
    context.warn(`${name}: ${error.code}: ${error.message} Left to the next attempt.`);
    throw error;
  }
}

function tell(context: InvocationContext, name: string, outcome: Outcome): void {
  if (outcome.kind !== 'written') context.info(`${name}: ${outcome.kind}.`);
  else if (outcome.document.error) {
    const { code, detail, fix } = outcome.document.error;
    context.error(`${name}: ${code}: ${detail} Fix: ${fix}`);
  } else context.info(`${name}: ${summary(outcome.document)} → ${documentName(name)}`);
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

function summary({ results }: PredictionDocument): string {
  const best = results.map(({ model, accepted: [top] }) =>
    top ? `${model} ${top.tagName} ${top.probability.toFixed(2)}` : `${model} nothing above the threshold`,
  );
  return best.join(', ');
}

const { imagesContainer, blobTriggerSource } = loaded.registration;
app.storageBlob('predictBlob', {
  path: `${imagesContainer}/{name}`,
  connection: 'ImageStorage',
  source: blobTriggerSource,
  handler: predictBlob,
});
