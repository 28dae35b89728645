import { app, type InvocationContext } from '@azure/functions';
import { forLog } from '../errors/forLog.ts';
import { attempt } from '../scoring/attempt.ts';
import { giveUp } from '../scoring/giveUp.ts';
import { MOST_ATTEMPTS } from '../scoring/scoreOrFile.ts';
import { readPictureEvent } from '../storage/pictureEvent.ts';
import { loaded, scoringParts, settings } from './app.ts';

/**
 * A picture was dropped, told by a message that Event Grid left in a queue: the twin of predictBlob that needs no key.
 * The picture is tried five times, as by the blob trigger, half a minute apart (visibilityTimeout in host.json; its
 * maxDequeueCount is far higher), then given up. A message that
 * nobody can read is told and done with: it would not get better by coming again.
 */
async function predictQueuedBlob(message: unknown, context: InvocationContext): Promise<void> {
  const event = await readPictureEvent(message, settings().imagesContainer);
  if (event.kind === 'other') context.info(`An event is passed over: ${forLog(event.why)}.`);
  else if (event.kind === 'unreadable') {
    context.error(
      `Message ${context.triggerMetadata?.id ?? 'without an id'} of ${eventQueue} is dropped: ${forLog(event.why)}. ` +
        'Fix: let nothing but the Event Grid subscription of the picture account write to this queue.',
    );
  } else if (attemptsOf(context) > MOST_ATTEMPTS) await giveUp(scoringParts, event.name, context);
  else await attempt(scoringParts, event.name, context);
}

/** How often the message was handed out, this time included. */
function attemptsOf({ triggerMetadata }: InvocationContext): number {
  const count = Number(triggerMetadata?.dequeueCount);
  return Number.isFinite(count) ? count : 1;
}

const { eventDelivery, eventQueue } = loaded.registration;
// Without settings it could only fail, and the platform would move the messages out of sight: they stay where they are.
if (loaded.settings && eventDelivery === 'queue') {
  app.storageQueue('predictQueuedBlob', {
    queueName: eventQueue,
    connection: 'ImageStorage',
    handler: predictQueuedBlob,
  });
}
