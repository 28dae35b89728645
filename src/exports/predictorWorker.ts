/*
 * The inside of a predictor thread; startPredictorThread starts it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { loadExport } from './loadExport.ts';
import { UndecodableImage } from './predictor.ts';
import { loading, type ThreadAnswer, type ThreadRequest } from './threadMessages.ts';

const answer = (message: ThreadAnswer) => parentPort?.postMessage(message);

const fail = (id: number, cause: unknown) => {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  answer({ id, error, undecodable: error instanceof UndecodableImage });
};

try {
  const { directory }: { directory: string } = workerData;
  const { predict, task, tagNames, iterationId } = await loadExport(directory);
  parentPort?.on('message', ({ id, image }: ThreadRequest) => {
    predict(image).then(
      (predictions) => answer({ id, predictions }),
      (error: unknown) => fail(id, error),
    );
  });
  answer({ loaded: { task, tagNames, iterationId } });
} catch (error) {
  fail(loading, error);
}
