import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { KeylessError } from '../errors/errors.ts';
import type { ExportPrediction } from './answer.ts';
import type { ExportSource } from './exportFiles.ts';
import type { About, AdmitModel, LoadedExport } from './loadExport.ts';
import { type FromThread, fromFault, type ThreadData, type ToThread, toFault } from './messages.ts';
import { prepare } from './prepare.ts';

/** An export in a thread of its own. */
export type ExportThread = LoadedExport & {
  /** Of a picture’s bytes, which are decoded in this process. Rejects with a KeylessError where they are no picture. */
  predict(image: Buffer): Promise<ExportPrediction[]>;
};

type Waiting = { resolve(predictions: ExportPrediction[]): void; reject(error: Error): void };

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
): Promise<ExportThread> {
  // Else the runtime tells its maker of each model, its file and hashes included. It asks the process, of which a thread has
  // a copy: https://github.com/microsoft/onnxruntime/pull/27379
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  const workerData: ThreadData = { source };
  const worker = new Worker(workerFile, {
    workerData,
    ...('bytes' in source && { transferList: [source.bytes.buffer as ArrayBuffer] }),
  });
  const say = (message: ToThread, transfer: ArrayBuffer[] = []) => worker.postMessage(message, transfer);
  const loading = Promise.withResolvers<About>();
  const waiting = new Map<number, Waiting>();
  let ended: Error | undefined;
  let lastId = 0;

  const end = (error: Error) => {
    ended ??= error;
    loading.reject(ended);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  const settle = (id: number): Waiting | undefined => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref(); // who has nothing else to do may end
    return one;
  };
  const admit = (needs: number) =>
    admitModel(needs).then(
      () => say({ admitted: true }),
      (error: unknown) => say({ refused: toFault(error) }),
    );
  worker.on('message', (message: FromThread) => {
    if ('needs' in message) void admit(message.needs);
    else if ('loaded' in message) loading.resolve(message.loaded);
    else if ('failed' in message) loading.reject(fromFault(message.failed));
    else if ('predictions' in message) settle(message.id)?.resolve(message.predictions);
    else settle(message.id)?.reject(fromFault(message.fault));
  });
  worker.on('error', (cause) => end(crashed(`it crashed: ${wordsOf(cause)}`, cause)));
  worker.on('exit', (code) => end(crashed(`it ended by itself with exit code ${code}`)));

  const about = await loading.promise.catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  worker.unref();
  const score: LoadedExport['score'] = (picture) =>
    new Promise((resolve, reject) => {
      if (ended) {
        reject(ended);
        return;
      }
      // A copy, for the converter’s own memory cannot be handed over; its toUint8Array, which could be, is never freed (0.35.5).
      const data = new Uint8Array(picture.data);
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      worker.ref();
      say({ id: lastId, picture: { ...picture, data } }, [data.buffer]);
    });
  return {
    ...about,
    score,
    predict: async (image) => score(await prepare(image, about.pixels)),
    async close() {
      end(crashed('it was closed'));
      await worker.terminate();
    },
  };
}

const crashed = (why: string, cause?: unknown): KeylessError =>
  new KeylessError('ExportCrashed', `The thread of the model takes no picture: ${why}.`, { cause });

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
