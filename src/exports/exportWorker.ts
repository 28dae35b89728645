/*
 * The inside of a model’s thread, a file of its own also where the app is bundled; startExportThread starts it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { loadExport } from './loadExport.ts';
import { type FromThread, fromFault, LOADING, type ThreadData, type ToThread, toFault } from './messages.ts';

const say = (message: FromThread) => parentPort?.postMessage(message);
const waiting = new Map<number, PromiseWithResolvers<void>>();

/** Whoever started the thread counts the memory of the process. */
const admitFor = (id: number) => async (needs: number) => {
  const answer = Promise.withResolvers<void>();
  waiting.set(id, answer);
  say({ id, needs });
  await answer.promise.finally(() => waiting.delete(id));
};

const { source } = workerData as ThreadData;
const loading = loadExport(source, admitFor(LOADING));

parentPort?.on('message', (message: ToThread) => {
  if ('admitted' in message) waiting.get(message.admitted)?.resolve();
  else if ('refused' in message) waiting.get(message.refused)?.reject(fromFault(message.fault));
  else void answer(message.id, message.image);
});

async function answer(id: number, image: Uint8Array): Promise<void> {
  try {
    const { predict } = await loading;
    const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
    say({ id, predictions: await predict(bytes, admitFor(id), () => say({ id, prepared: true })) });
  } catch (error) {
    say({ id, fault: toFault(error) });
  }
}

loading.then(
  ({ predict: _, close: __, ...about }) => say({ loaded: about }),
  (error: unknown) => say({ id: LOADING, fault: toFault(error) }),
);
