import { randomUUID } from 'node:crypto';
import { Refusal } from '../prediction/refusal.ts';
import type { TrainingApiOptions, TrainingIteration } from './contract.ts';

type Export = { platform: string; flavor: string | null; path: string; bytes: Buffer; doneAt: number };

/** The exports that were asked for, each of which takes its time. */
export type Exports = {
  /** GetExports. */
  list(iterationId: string, addressOf: (path: string) => string): unknown[];
  /** ExportIteration. Throws a Refusal for what cannot be exported, and for what is under way. */
  ask(iteration: TrainingIteration, query: URLSearchParams, takesMs: number): unknown;
  fileAt(path: string): Buffer | undefined;
  reset(): void;
};

export function createExports(exported: TrainingApiOptions['exported']): Exports {
  const known = new Map<string, Export[]>();
  const answer = ({ platform, flavor, path, doneAt }: Export, addressOf?: (path: string) => string) => {
    const done = addressOf !== undefined && doneAt <= Date.now();
    const status = done ? 'Done' : 'Exporting';
    return {
      platform,
      status,
      flavor,
      newerVersionAvailable: false,
      ...(done && { downloadUri: addressOf(path) }),
    };
  };
  return {
    list: (iterationId, addressOf) => (known.get(iterationId) ?? []).map((each) => answer(each, addressOf)),
    ask(iteration, query, takesMs) {
      const platform = query.get('platform') ?? '';
      const flavor = query.get('flavor');
      if (iteration.status !== 'Completed') throw new Refusal('BadRequestIterationIsNotTrained');
      const bytes = iteration.exportableTo.includes(platform)
        ? exported?.(iteration.id, platform, flavor)
        : undefined;
      if (!bytes) throw new Refusal('BadRequestExportValidationFailed');
      const those = known.get(iteration.id) ?? [];
      // one that was exported cannot be asked for again: https://learn.microsoft.com/azure/ai-services/custom-vision-service/export-programmatically
      if (those.some((each) => each.platform === platform && each.flavor === flavor))
        throw new Refusal('BadRequestExportAlreadyInProgress');
      const path = `/m-${iteration.id.replaceAll('-', '')}/${randomUUID()}.${platform}.zip`;
      const asked = { platform, flavor, path, bytes, doneAt: Date.now() + takesMs };
      known.set(iteration.id, [...those, asked]);
      return answer(asked);
    },
    fileAt: (path) => [...known.values()].flat().find((each) => each.path === path)?.bytes,
    reset: () => known.clear(),
  };
}
