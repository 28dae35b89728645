/*
 * A predictor thread that loads well and crashes on the first picture.
 */
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', () => {
  throw new Error('out of memory');
});
parentPort?.postMessage({ loaded: { task: 'classify', tagNames: ['red'], iterationId: 'none' } });
