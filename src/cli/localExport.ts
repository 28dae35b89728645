import { basename } from 'node:path';
import { asKeylessError } from '../errors/errors.ts';
import { askLoaded } from '../exports/answered.ts';
import { startExportThread } from '../exports/thread.ts';
import type { AskModel } from '../prediction.ts';
import type { ExportModel } from '../settings/settings.ts';
import { UsageError } from './faults.ts';

export type LocalExport = {
  model: ExportModel;
  ask: AskModel;
  /** What the export does not tell and was decided by rule. */
  notices: readonly string[];
  close(): Promise<void>;
};

/** An ONNX export on this machine: a file, a folder or a zip, run in a thread of this process; it takes no settings and no Azure. */
export async function openExport(path: string): Promise<LocalExport> {
  const loaded = await startExportThread({ path }).catch((thrown: unknown) => {
    const { code, message, fix } = asKeylessError(thrown);
    throw new UsageError(`${code}: ${message}`, fix);
  });
  const { task, notices, close } = loaded;
  const name = basename(path);
  const model = { name, task, paths: ['**'], threshold: 0.5, tiles: false, export: name };
  return { model, ask: askLoaded(loaded, name), notices, close };
}
