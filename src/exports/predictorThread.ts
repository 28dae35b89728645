import { Worker } from 'node:worker_threads';
import { type Prediction, type Predictor, UndecodableImage } from './predictor.ts';
import { loading, type ThreadAnswer, type ThreadRequest } from './threadMessages.ts';

type Waiting = { resolve(predictions: Prediction[]): void; reject(error: Error): void };
type Loaded = Pick<Predictor, 'task' | 'tagNames' | 'iterationId'>;

const predictorWorker = new URL('./predictorWorker.ts', import.meta.url);

/**
 * Loads an export in a thread of its own, so that this thread stays free while the model works. Rejects as loadExport
 * does. close() ends the thread; calls under way and later ones reject.
 */
export async function startPredictorThread(
  directory: string,
  workerFile: URL = predictorWorker,
): Promise<Predictor> {
  const worker = new Worker(workerFile, { workerData: { directory } });
  const waiting = new Map<number, Waiting>();
  let ended: Error | undefined;
  let lastId = loading;

  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  const settle = (id: number, how: (one: Waiting) => void) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (one) how(one);
  };

  const loaded = await new Promise<Loaded>((resolve, reject) => {
    waiting.set(loading, { resolve: () => undefined, reject });
    worker.on('message', (answer: ThreadAnswer) => {
      if ('loaded' in answer) settle(loading, () => resolve(answer.loaded));
      else if ('predictions' in answer) settle(answer.id, (one) => one.resolve(answer.predictions));
      else settle(answer.id, (one) => one.reject(revive(answer.error, answer.undecodable)));
    });
    worker.on('error', (cause) => end(crashed(cause)));
    worker.on('exit', (code) =>
      end(new Error(`The prediction thread ended by itself with exit code ${code}.`)),
    );
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });

  return {
    ...loaded,
    predict: (image) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(ended);
          return;
        }
        // A copy, because what is handed over is gone here, and a Buffer may share its memory with others.
        const copy = new Uint8Array(image);
        const request: ThreadRequest = { id: ++lastId, image: copy };
        waiting.set(request.id, { resolve, reject });
        worker.postMessage(request, [copy.buffer]);
      }),
    async close() {
      end(new Error('The predictor is closed: it takes no pictures after close().'));
      await worker.terminate();
    },
  };
}

const crashed = (cause: unknown) =>
  new Error(`The prediction thread crashed: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });

const revive = (error: Error, undecodable: boolean) =>
  undecodable ? new UndecodableImage(error.message, { cause: error.cause }) : error;
