import { app, type InvocationContext } from '@azure/functions';
import { forLog } from '../errors/forLog.ts';
import { giveUp } from '../scoring/giveUp.ts';
import { poisonQueueOf } from '../settings/events.ts';
import { readPictureEvent } from '../storage/pictureEvent.ts';
import { loaded, scoringParts, settings } from './app.ts';

/**
 * The platform gave up on an event of the queue, which takes a host that dies over it many times: the picture gets its
 * failed document, or the attempt it never had. The queue is this app’s alone, so nothing is put back.
 */
async function recordQueuedFailure(message: unknown, context: InvocationContext): Promise<void> {
  const event = await readPictureEvent(message, settings().imagesContainer);
  if (event.kind === 'picture') await giveUp(scoringParts, event.name, context);
  else context.error(`A message of ${poisonQueue} is dropped: ${forLog(event.why)}.`);
}

const { eventDelivery, eventQueue } = loaded.registration;
const poisonQueue = poisonQueueOf(eventQueue);
if (loaded.settings && eventDelivery === 'queue') {
  app.storageQueue('recordQueuedFailure', {
    queueName: poisonQueue,
    connection: 'ImageStorage',
    handler: recordQueuedFailure,
  });
}
