import { app, type InvocationContext } from '@azure/functions';
import * as v from 'valibot';
import { inFlight } from '../scoring/shutdown.ts';
import { deliveryParts, loaded } from './app.ts';

const messageSchema = v.object({ target: v.string(), name: v.exactOptional(v.string()) });

/** Somebody is to be told of a document, or of many by mail. One attempt; what is to be tried again is put back. */
async function deliverNotification(message: unknown, context: InvocationContext): Promise<void> {
  const read = v.safeParse(messageSchema, message);
  if (!read.success) {
    context.error(
      `Message ${context.triggerMetadata?.id ?? 'without an id'} of ${queueName} is dropped: it is none of this app’s. ` +
        'Fix: let nothing but this app write to this queue.',
    );
    return;
  }
  const { traceParent, traceState } = context.traceContext ?? {};
  const trace = {
    ...(traceParent && { traceparent: traceParent }),
    ...(traceState && { tracestate: traceState }),
  };
  const { target, name } = read.output;
  const parts = { ...(await deliveryParts()), log: context };
  const [{ deliver }, { collect, digest, isMail }] = await Promise.all([
    import('../notify/deliver.ts'),
    import('../notify/mail/digest.ts'),
  ]);
  const mail = parts.rules.filter(isMail).find(({ key }) => key === target);
  await inFlight(async () => {
    if (mail) await (name === undefined ? digest : collect)(parts, mail);
    else if (name !== undefined) await deliver(parts, { target, name }, trace);
  });
}

const queueName = loaded.settings?.notifyName ?? '';
if (loaded.settings?.notify.length) {
  app.storageQueue('deliverNotification', {
    queueName,
    connection: 'ImageStorage',
    handler: deliverNotification,
  });
}
