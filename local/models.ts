import { fileURLToPath } from 'node:url';
import { startExportThread } from '../src/exports/thread.ts';
import type { Predictor } from './prediction/predictor.ts';

const sample = (name: string) => fileURLToPath(new URL(`samples/${name}`, import.meta.url));

/** The two models trained on drawn fruits, by published name. */
export const SAMPLE_MODELS: Readonly<Record<string, string>> = {
  fruit: sample('fruit'),
  'fruit-boxes': sample('fruit-boxes'),
};

/** LOCAL_MODELS: your own unpacked Custom Vision exports beside the samples, as `pears=/path/to/export,plums=/other`. */
export function readLocalModels(text: string | undefined): Record<string, string> {
  const entries = (text ?? '').split(',').flatMap((entry) => {
    const [name, ...folder] = entry.split('=');
    if (!entry.trim()) return [];
    if (!name?.trim() || folder.length === 0) {
      throw new Error(`LOCAL_MODELS: expected name=/path/to/unpacked/export, got "${entry}".`);
    }
    return [[name.trim(), folder.join('=').trim()]];
  });
  return Object.fromEntries(entries);
}

/** Starts every model in a thread of its own; on a failure those already started are closed. */
export async function startPredictors(
  folders: Readonly<Record<string, string>>,
): Promise<{ models: Record<string, Predictor>; close(): Promise<void> }> {
  const names = Object.keys(folders);
  const outcomes = await Promise.allSettled(
    names.map((name) => startExportThread({ path: folders[name] ?? '' })),
  );
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const close = async () => {
    await Promise.all(started.map((predictor) => predictor.close()));
  };
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) {
    await close();
    throw failure.reason;
  }
  return {
    models: Object.fromEntries(names.map((name, index) => [name, started[index] as Predictor])),
    close,
  };
}
