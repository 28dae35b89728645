import { app, type InvocationContext } from '@azure/functions';
import * as v from 'valibot';
import { loaded, pictureContainers, putBack, settings } from './app.ts';
import { fileFailure } from './fileFailure.ts';
import { inFlight } from './shutdown.ts';

/** Where the platform puts what it gave up on: the same queue for every app and container of the storage account. */
export const POISON_QUEUE = 'webjobs-blobtrigger-poison';

/** https://github.com/Azure/azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.Storage.Blobs, BlobTriggerMessage */
const messageSchema = v.object({
  Type: v.literal('BlobTrigger'),
  FunctionId: v.string(),
  ContainerName: v.string(),
  BlobName: v.string(),
});

/** Somebody else’s message comes back this late, so that its own reader has time for it. */
const PUT_BACK_SECONDS = 600;

/** A picture was given up by the blob trigger: its document says so, with the last known reason. */
async function recordFailure(message: unknown, context: InvocationContext): Promise<void> {
  const { models, imagesContainer } = settings();
  const own = v.safeParse(messageSchema, message);
  if (
    !own.success ||
    own.output.ContainerName !== imagesContainer ||
    !own.output.FunctionId.endsWith('.predictBlob')
  ) {
    await putBack(POISON_QUEUE, message, PUT_BACK_SECONDS);
    context.info(
      `A message of another function is put back into ${POISON_QUEUE} for ${PUT_BACK_SECONDS / 60} minutes.`,
    );
    return;
  }
  const name = own.output.BlobName;
  const containers = await pictureContainers();
  const filed = await inFlight(() => fileFailure(containers, models, name));
  context.error(`${name}: ${filed}`);
}

// Without settings it could only fail, and the platform would move its messages out of sight; the trigger’s stay where they are.
if (loaded.settings) {
  app.storageQueue('recordFailure', {
    queueName: POISON_QUEUE,
    connection: 'ImageStorage',
    handler: recordFailure,
  });
}
