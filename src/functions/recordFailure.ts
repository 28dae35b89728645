import { app, type InvocationContext } from '@azure/functions';
import * as v from 'valibot';
import { asKeylessError } from '../errors.ts';
import { readLastFault } from '../results/claim.ts';
import { type DocumentError, describeError } from '../results/document.ts';
import { loaded, pictureContainers, putBack, scoringParts, settings } from './app.ts';
import { fileFailure } from './fileFailure.ts';
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
  const { models } = settings();
  const { containers, error } = await inFlight((signal) =>
    patiently(async () => {
      const open = await pictureContainers();
      return {
        containers: open,
        error: (await readLastFault(open.claims, name)) ?? (await attempt(name, signal)),
      };
    }, signal),
  );
  if (!error) {
    context.info(`${name}: given up without a reason, and scored now.`);
    return;
  }
  const { code, title, detail, fix } = error;
  const outcome = await fileFailure(containers, models, name, { code, title, detail, fix });
  if (outcome === 'filed') context.error(`${name}: given up: ${code}: ${detail} Fix: ${fix}`);
  else context.info(`${name}: given up once, but ${outcome}.`);
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

async function attempt(name: string, signal: AbortSignal): Promise<DocumentError | undefined> {
  try {
    await scorePicture({ ...(await scoringParts()), signal }, name);
    return undefined;
  } catch (thrown) {
    if (signal.aborted) throw thrown; // not tried to its end: the message comes again
    return describeError(asKeylessError(thrown));
  }
}

// Without settings it could only fail, and the platform would move the messages out of sight: they stay where they are.
if (loaded.settings) {
  app.storageQueue('recordFailure', {
    queueName: POISON_QUEUE,
    connection: 'ImageStorage',
    handler: recordFailure,
  });
}
