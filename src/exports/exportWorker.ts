/*
 * The inside of a model’s thread, a file of its own also where the app is bundled; startExportThread starts it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { loadExport } from './loadExport.ts';
import { type FromThread, fromFault, type ThreadData, type ToThread, toFault } from './messages.ts';
import type { Prepared } from './prepare.ts';

const say = (message: FromThread) => parentPort?.postMessage(message);

/** Whoever started the thread counts the memory of the process. */
const admitted = Promise.withResolvers<void>();
const loading = loadExport((workerData as ThreadData).source, (needs) => {
  say({ needs });
  return admitted.promise;
});

parentPort?.on('message', (message: ToThread) => {
  if ('admitted' in message) admitted.resolve();
  else if ('refused' in message) admitted.reject(fromFault(message.refused));
  else void answer(message.id, message.picture);
});

async function answer(id: number, picture: Prepared): Promise<void> {
  try {
    const { score } = await loading;
    say({ id, predictions: await score(picture) });
  } catch (error) {
    say({ id, fault: toFault(error) });
  }
}

loading.then(
  ({ score: _, close: __, ...loaded }) => say({ loaded }),
  (error: unknown) => say({ failed: toFault(error) }),
);
