import { app, type InvocationContext } from '@azure/functions';
import * as v from 'valibot';
import { asKeylessError } from '../errors.ts';
import { type Reason, readLastFault } from '../results/claim.ts';
import { describeError } from '../results/document.ts';
import { loaded, putBack, scoringParts, settings } from './app.ts';
import { type Filing, fileFailure } from './fileFailure.ts';
import { patiently } from './patiently.ts';
import { scorePicture } from './scorePicture.ts';
import { inFlight } from './shutdown.ts';

/** Where the platform puts what it gave up on: one queue for every app and container of the storage account. */
const POISON_QUEUE = 'webjobs-blobtrigger-poison';

/** https://github.com/Azure/azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.Storage.Blobs, BlobTriggerMessage */
const messageSchema = v.object({
  Type: v.literal('BlobTrigger'),
  FunctionId: v.string(),
  ContainerName: v.string(),
  BlobName: v.string(),
});

/** Somebody else’s message comes back this late, so that its own reader has time for it. */
const PUT_BACK_SECONDS = 600;

/**
 * A picture was given up by the blob trigger. With a known reason its document says so; where the function never got
 * to say one (the host was killed each time, or could not read the blob), the picture gets the attempt it was denied.
 */
async function recordFailure(message: unknown, context: InvocationContext): Promise<void> {
  const name = ownPicture(message);
  if (name === undefined) {
    await putBack(POISON_QUEUE, message, PUT_BACK_SECONDS);
    context.info(`A message of another function is put back for ${PUT_BACK_SECONDS / 60} minutes.`);
    return;
  }
  const { ending, reason } = await inFlight((signal) => patiently(() => settle(name, signal), signal));
  if (ending === 'filed') {
    context.error(`${name}: given up: ${reason?.code}: ${reason?.detail} Fix: ${reason?.fix}`);
  } else context.info(`${name}: given up once, but ${ending}.`);
}

type Settled = { ending: Filing | 'attempted now'; reason?: Reason };

/** Files the last known reason; where there is none of what lies there now, tries the picture first. */
async function settle(name: string, signal: AbortSignal): Promise<Settled> {
  const parts = await scoringParts();
  const { containers, models } = parts;
  const known = await readLastFault(containers.claims, name);
  if (known) {
    const ending = await fileFailure(containers, models, name, known, signal);
    if (ending !== 'changed') return { ending, reason: known };
  }
  try {
    await patiently(() => scorePicture({ ...parts, signal }, name), signal);
    return { ending: 'attempted now' };
  } catch (thrown) {
    if (signal.aborted) throw thrown; // not tried to its end: the message comes again
    const reason = (await readLastFault(containers.claims, name)) ?? describeError(asKeylessError(thrown));
    return { ending: await fileFailure(containers, models, name, reason, signal), reason };
  }
}

/** The picture’s name, where the message is of this app’s own container. */
function ownPicture(message: unknown): string | undefined {
  const parsed = v.safeParse(messageSchema, message);
  if (!parsed.success) return undefined;
  const { ContainerName, FunctionId, BlobName } = parsed.output;
  return ContainerName === settings().imagesContainer && FunctionId.endsWith('.predictBlob')
    ? BlobName
    : undefined;
}

// Without settings it could only fail, and the platform would move the messages out of sight: they stay where they are.
if (loaded.settings) {
  app.storageQueue('recordFailure', {
    queueName: POISON_QUEUE,
    connection: 'ImageStorage',
    handler: recordFailure,
  });
}
