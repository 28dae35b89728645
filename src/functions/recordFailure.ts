import { app, type InvocationContext, trigger } from '@azure/functions';
import * as v from 'valibot';
import { giveUp } from '../scoring/giveUp.ts';
import { BLOB_POISON_QUEUE } from '../settings/events.ts';
import { loaded, putBack, scoringParts, settings } from './app.ts';

/** https://github.com/Azure/azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.Storage.Blobs, BlobTriggerMessage */
const messageSchema = v.object({
  Type: v.literal('BlobTrigger'),
  FunctionId: v.string(),
  ContainerName: v.string(),
  BlobName: v.string(),
});

/** Somebody else’s message comes back this late, so that its own reader has time for it. */
const PUT_BACK_SECONDS = 600;

/** A picture was given up by the blob trigger: it gets its failed document, or the attempt it never had. */
async function recordFailure(message: Uint8Array, context: InvocationContext): Promise<void> {
  const name = ownPicture(message);
  if (name === undefined) {
    await putBack(BLOB_POISON_QUEUE, message, PUT_BACK_SECONDS);
    context.info(`A message of another function is put back for ${PUT_BACK_SECONDS / 60} minutes.`);
    return;
  }
  await giveUp(scoringParts, name, context);
}

/** The picture’s name, where the message is of this app’s own container. */
function ownPicture(message: Uint8Array): string | undefined {
  const parsed = v.safeParse(messageSchema, parseJson(message));
  if (!parsed.success) return undefined;
  const { ContainerName, FunctionId, BlobName } = parsed.output;
  return ContainerName === settings().imagesContainer && FunctionId.endsWith('.predictBlob')
    ? BlobName
    : undefined;
}

function parseJson(message: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(message).toString('utf8'));
  } catch {
    return undefined;
  }
}

// Without settings it could only fail, and the platform would move the messages out of sight: they stay where they are.
if (loaded.settings) {
  app.generic('recordFailure', {
    trigger: trigger.generic({
      type: 'queueTrigger',
      queueName: BLOB_POISON_QUEUE,
      connection: 'ImageStorage',
      // Text that happens to be JSON would come parsed, and could not be put back as it was. storageQueue does not take
      // it: https://github.com/Azure/azure-functions-nodejs-library/issues/72
      dataType: 'binary',
    }),
    handler: recordFailure,
  });
}
