import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { KeylessError } from '../errors/errors.ts';
import { type AdmitDecoding, atOnce } from '../pictures/converter.ts';
import type { ExportPrediction } from './answer.ts';
import type { ExportSource } from './exportFiles.ts';
import type { About, AdmitModel, LoadedExport } from './loadExport.ts';
import { type FromThread, fromFault, LOADING, type ThreadData, type ToThread, toFault } from './messages.ts';

type Waiting = {
  resolve(predictions: ExportPrediction[]): void;
  reject(error: Error): void;
  admit(bytes: number): Promise<void>;
  prepared(): void;
};

/** Beside this file: as source, and as the bundles have it. */
const WORKER = new URL(`./exportWorker${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

/**
 * Loads an export in a thread of its own, so that this thread stays free while the model works. Rejects as loadExport
 * does. close() ends the thread; calls under way and later ones reject, and so they do when it ends by itself.
 */
export async function startExportThread(
  source: ExportSource,
  admitModel: AdmitModel = async () => {},
  workerFile: URL = WORKER,
): Promise<LoadedExport> {
  const workerData: ThreadData = { source };
  const worker = new Worker(workerFile, {
    workerData,
    ...('bytes' in source && { transferList: [source.bytes.buffer as ArrayBuffer] }),
  });
  const say = (message: ToThread, transfer: ArrayBuffer[] = []) => worker.postMessage(message, transfer);
  const waiting = new Map<number, Waiting>();
  let ended: Error | undefined;
  let lastId = LOADING;

  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  const settle = (id: number, how: (one: Waiting) => void) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref(); // who has nothing else to do may end
    if (one) how(one);
  };
  const admit = (id: number, needs: number) =>
    waiting
      .get(id)
      ?.admit(needs)
      .then(
        () => say({ admitted: id }),
        (error: unknown) => say({ refused: id, fault: toFault(error) }),
      );

  const about = await new Promise<About>((resolve, reject) => {
    waiting.set(LOADING, { resolve: () => {}, reject, admit: admitModel, prepared: () => {} });
    worker.on('message', (answer: FromThread) => {
      if ('loaded' in answer) settle(LOADING, () => resolve(answer.loaded));
      else if ('needs' in answer) void admit(answer.id, answer.needs);
      else if ('prepared' in answer) waiting.get(answer.id)?.prepared();
      else if ('predictions' in answer) settle(answer.id, (one) => one.resolve(answer.predictions));
      else settle(answer.id, (one) => one.reject(fromFault(answer.fault)));
    });
    worker.on('error', (cause) => end(crashed(`it crashed: ${wordsOf(cause)}`, cause)));
    worker.on('exit', (code) => end(crashed(`it ended by itself with exit code ${code}`)));
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });

  return {
    ...about,
    predict: (image, admit: AdmitDecoding = atOnce, prepared = () => {}) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(ended);
          return;
        }
        // A copy, because what is handed over is gone here, and a Buffer may share its memory with others.
        const copy = new Uint8Array(image);
        lastId += 1;
        waiting.set(lastId, { resolve, reject, admit, prepared });
        worker.ref();
        say({ id: lastId, image: copy }, [copy.buffer]);
      }),
    async close() {
      end(crashed('it was closed'));
      await worker.terminate();
    },
  };
}

const crashed = (why: string, cause?: unknown): KeylessError =>
  new KeylessError('ExportCrashed', `The thread of the model takes no picture: ${why}.`, { cause });

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
