import type { ContainerClient } from '@azure/storage-blob';
import PQueue from 'p-queue';
import { asKeylessError, KeylessError } from '../errors/errors.ts';
import { inTime } from '../outbound/inTime.ts';
import type { AskModel, AskOptions } from '../prediction.ts';
import { type ExportModel, isExport, type Model } from '../settings/settings.ts';
import { lookAtExport, type ModelBlob, readExport } from '../storage/modelBlob.ts';
import { answered, urlRefused } from './answered.ts';
import type { LoadedExport } from './loadExport.ts';
import { prepare } from './prepare.ts';
import { startExportThread } from './thread.ts';

type Patience = { signal?: AbortSignal; longestWaitMs: number };

/** The memory of the process, as far as it is needed here. */
export type ExportMemory = {
  hold<T>(
    bytes: number,
    patience: Patience,
    work: (held: { grow(bytes: number): Promise<void> }) => Promise<T>,
  ): Promise<T>;
  lend(bytes: number, patience: Patience): Promise<() => void>;
};

export type Exports = {
  ask: AskModel<ExportModel>;
  /** The models as they are now: those of exports with the upload that lies in the container. Rejects with a storage fault. */
  current(models: readonly Model[]): Promise<Model[]>;
  close(): Promise<void>;
};

/** A new upload is seen after so long. */
const LOOKED_MS = 2_000;
/** Of one model at a time: one is computed while the next ones are decoded. */
const AT_A_TIME = 6;
const PRIORITY = { caller: 1, picture: 0 };
const LONGEST_WAIT_MS = 60_000;
/** Of an export that is not there. */
const NONE = 'none';

/** One that is loaded, or on its way, with those who wait for it. */
type Entry = {
  version: string;
  queue: PQueue;
  loading: Promise<LoadedExport>;
  sha256?: string;
  release(): void;
};

/** The exports of one process: each is loaded once, at the first picture, and anew when another upload lies in its place. */
export function createExports(container: () => Promise<ContainerClient>, memory: ExportMemory): Exports {
  const entries = new Map<string, Entry>();
  const looks = new Map<string, { at: number; found: Promise<ModelBlob | undefined> }>();
  const versions = new Map<string, ExportModel>();

  function look(name: string): Promise<ModelBlob | undefined> {
    const known = looks.get(name);
    if (known && performance.now() - known.at < LOOKED_MS) return known.found;
    const found = container().then((models) => lookAtExport(models, name));
    looks.set(name, { at: performance.now(), found });
    found.catch(() => looks.delete(name)); // a fault is not kept
    return found;
  }

  async function currentOf(model: Model): Promise<Model> {
    if (!isExport(model)) return model;
    const version = (await look(model.export))?.etag ?? NONE;
    const entry = entries.get(model.export);
    const sha256 = entry?.version === version ? entry.sha256 : undefined;
    // the same object for the same upload: what is known of a model is kept by it
    const key = JSON.stringify([model.name, model.export, version, sha256]);
    const same = versions.get(key) ?? { ...model, version, ...(sha256 && { sha256 }) };
    versions.set(key, same);
    return same;
  }

  /** The loaded export of this upload; one of an earlier upload ends first, with those it still works for. */
  function open(name: string, blob: ModelBlob): Entry {
    const present = entries.get(name);
    if (present?.version === blob.etag) return present;
    const entry: Entry = {
      ...{ version: blob.etag, queue: new PQueue({ concurrency: AT_A_TIME }), release: () => {} },
      loading: (present ? end(present) : Promise.resolve()).then(() => load(name, blob, entry)),
    };
    entries.set(name, entry);
    entry.loading.then(
      ({ sha256, notices }) => {
        entry.sha256 = sha256;
        for (const notice of notices) process.emitWarning(`${name}: ${notice}`, 'KeylessVisionNotice');
      },
      (error: unknown) => {
        entry.release();
        if (asKeylessError(error).transient && entries.get(name) === entry) entries.delete(name);
      },
    );
    return entry;
  }

  async function load(name: string, blob: ModelBlob, entry: Entry): Promise<LoadedExport> {
    // the file while it is read; the model for as long as it is loaded
    const giveBack = await memory.lend(blob.length, { longestWaitMs: LONGEST_WAIT_MS });
    try {
      const bytes = await readExport(await container(), name, blob);
      if (bytes === 'changed')
        throw new KeylessError('ExportChanged', `${name} was replaced while it was read.`);
      return await startExportThread({ name, bytes }, async (needed) => {
        entry.release = await memory.lend(needed, { longestWaitMs: LONGEST_WAIT_MS });
      });
    } catch (error) {
      const { code, message, fix } = asKeylessError(error);
      const told = code.startsWith('Export')
        ? new KeylessError(code, `${name}: ${message}`, { cause: error, fix })
        : error;
      throw told;
    } finally {
      giveBack();
    }
  }

  async function end({ loading, queue, release }: Entry): Promise<void> {
    await queue.onIdle();
    const loaded = await loading.catch(() => undefined);
    await loaded?.close();
    release();
  }

  const ask: Exports['ask'] = async (model, image, budget, options = {}) => {
    if ('url' in image) throw urlRefused(model.name);
    const name = model.export;
    const blob = await look(name);
    if (!blob)
      throw new KeylessError('ExportMissing', `${name} is not in ${(await container()).containerName}.`);
    if (model.version && model.version !== blob.etag && model.version !== NONE)
      throw new KeylessError('ExportChanged', `${name} was replaced while pictures were on their way.`);
    const entry = open(name, blob);
    const asking = async (signal: AbortSignal) => {
      const answering = entry.queue.add(
        async () => {
          const loaded = await entry.loading;
          if (loaded.task !== model.task) throw otherTask(model, loaded);
          // its pixels are few, and count with the model
          const picture = await memory.hold(
            image.bytes.length,
            { signal, longestWaitMs: budget.total },
            ({ grow }) => prepare(image.bytes, loaded.pixels, grow),
          );
          return { loaded, predictions: await loaded.score(picture) };
        },
        { priority: PRIORITY[options.priority ?? 'caller'], signal },
      );
      try {
        const { loaded, predictions } = await untilAborted(answering, signal);
        return answered(name, loaded, predictions);
      } catch (thrown) {
        if (signal.aborted) throw givenUp(name, options, thrown);
        const error = asKeylessError(thrown);
        if (error.code === 'ExportCrashed' && entries.get(name) === entry) {
          entries.delete(name);
          void end(entry);
        }
        throw error;
      }
    };
    return inTime(budget.total, asking, options.signal);
  };

  return {
    ask,
    current: (models) => Promise.all(models.map(currentOf)),
    close: async () => {
      await Promise.all([...entries.values()].map(end));
      entries.clear();
    },
  };
}

/** The thread goes on with a picture that nobody waits for any more; it is not interrupted for it. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

const givenUp = (name: string, { signal }: AskOptions, cause: unknown): KeylessError =>
  new KeylessError(
    'ExportTimeout',
    signal?.aborted
      ? 'The picture was given up before its model answered.'
      : `${name} did not answer in time.`,
    { cause },
  );

const otherTask = ({ name, task }: ExportModel, { kind }: LoadedExport): KeylessError =>
  new KeylessError('TaskMismatch', `${name} is to ${task}, but its export is a ${kind}.`, {
    fix: `Set the task of model ${name} to ${task === 'classify' ? 'detect' : 'classify'}.`,
  });
