import { MOST_TILES } from '../pictures/tiles.ts';
import { isService, takesTiles } from '../settings/models.ts';
import type { Model } from '../settings/settings.ts';
import type { Containers } from '../storage/containers.ts';
import { type InventoryItem, inventory } from '../storage/inventory.ts';
import { isCurrent, iterationOf, type Mark, modelsKey } from '../storage/mark.ts';
import { wantedModels } from './route.ts';

export type Selection = {
  prefix?: string;
  /** Only pictures changed since. */
  since?: Date;
  /** Only pictures unchanged since. */
  before?: Date;
  /** Only pictures that go to this model. */
  model?: string;
  /** With a model, an id in lower case: also pictures whose document is of another iteration or does not tell; no failed ones. */
  iteration?: string;
};

/** How many paid calls; the tiles of a picture are known only when it is read. */
export type Calls = { least: number; most: number };

/** Of one picture that goes to these models; exports cost nothing. */
export const callsOf = (models: readonly Model[]): Calls => {
  const paid = models.filter(isService);
  return {
    least: paid.length,
    most: paid.reduce((sum, model) => sum + 1 + (takesTiles(model) ? MOST_TILES : 0), 0),
  };
};

/** Pictures without a current document: missed events, a changed model or iteration, pictures older than the app. */
export async function* missing(
  containers: Containers,
  models: readonly Model[],
  { prefix, since, before, model, iteration }: Selection,
): AsyncGenerator<InventoryItem & { calls: Calls }> {
  for await (const item of inventory(containers.images, containers.predictions, prefix)) {
    if ((since && item.lastModified < since) || (before && item.lastModified > before)) continue;
    const wanted = wantedModels(models, item.name).models;
    const one = wanted.find(({ name }) => name === model);
    if (wanted.length === 0 || (model && !one)) continue;
    const isOutdated =
      one && iteration && item.mark?.status === 'succeeded' && !isOf(item.mark, wanted, one, iteration);
    if (!isCurrent(item.mark, item.etag, modelsKey(wanted))) yield { ...item, calls: callsOf(wanted) };
    else if (isOutdated) yield { ...item, calls: callsOf([one]) }; // the others’ answers stay
  }
}

const isOf = (mark: Mark, models: readonly Model[], model: Model, iteration: string): boolean =>
  iterationOf(mark, models, model)?.toLowerCase() === iteration;

/** How many of the models have answered already; a failed document keeps what they said. */
const answersIn = ({ mark, etag }: InventoryItem, models: string): number =>
  isCurrent(mark, etag, models) ? (mark?.iterations?.length ?? 0) : 0;

const callsLeft = ({ least, most }: Calls, answers: number): Calls => ({
  least: least - answers,
  most: most - answers,
});

/** Pictures whose document is a failed one, of any code or of one. */
export async function* failedPictures(
  containers: Containers,
  models: readonly Model[],
  { prefix, code }: { prefix?: string; code?: string },
): AsyncGenerator<InventoryItem & { calls: Calls }> {
  for await (const item of inventory(containers.images, containers.predictions, prefix)) {
    if (item.mark?.status !== 'failed' || (code && item.mark.code !== code)) continue;
    const wanted = wantedModels(models, item.name).models;
    yield { ...item, calls: callsLeft(callsOf(wanted), answersIn(item, modelsKey(wanted))) };
  }
}
