import type { Model } from '../settings/settings.ts';
import type { Containers } from '../storage/containers.ts';
import { type InventoryItem, inventory } from '../storage/inventory.ts';
import { isCurrent, modelsKey } from '../storage/mark.ts';
import { modelsForPicture } from './route.ts';

export type Selection = {
  prefix?: string;
  /** Only pictures changed since. */
  since?: Date;
  /** Only pictures unchanged since. */
  before?: Date;
  /** Only pictures that go to this model. */
  model?: string;
};

const modelsOf = (models: readonly Model[], name: string): Model[] => {
  try {
    return modelsForPicture(models, name);
  } catch {
    return []; // below nobody’s paths: nothing to pay for
  }
};

/** Pictures without a current document: missed events, a changed model, pictures older than the app. */
export async function* missing(
  containers: Containers,
  models: readonly Model[],
  { prefix, since, before, model }: Selection,
): AsyncGenerator<InventoryItem & { calls: number }> {
  for await (const item of inventory(containers.images, containers.predictions, prefix)) {
    if ((since && item.lastModified < since) || (before && item.lastModified > before)) continue;
    const wanted = modelsOf(models, item.name);
    if (wanted.length === 0 || (model && !wanted.some(({ name }) => name === model))) continue;
    if (!isCurrent(item.mark, item.etag, modelsKey(wanted))) yield { ...item, calls: wanted.length };
  }
}

/** Pictures whose document is a failed one, of any code or of one. */
export async function* failedPictures(
  containers: Containers,
  models: readonly Model[],
  { prefix, code }: { prefix?: string; code?: string },
): AsyncGenerator<InventoryItem & { calls: number }> {
  for await (const item of inventory(containers.images, containers.predictions, prefix)) {
    if (item.mark?.status !== 'failed' || (code && item.mark.code !== code)) continue;
    yield { ...item, calls: modelsOf(models, item.name).length };
  }
}
