import { isExport, type Model } from '../settings/settings.ts';
import type { Claim } from '../storage/claim.ts';
import type { Containers } from '../storage/containers.ts';
import { type DocumentResult, ranked } from '../storage/document.ts';
import type { DroppedPicture } from '../storage/droppedPicture.ts';
import { isResultOf, sameEtag } from '../storage/mark.ts';
import { type Found, readResults } from '../storage/store.ts';

/**
 * What models have answered to exactly this content already, and was paid for: kept with the claim by an attempt that did
 * not get to its end, or in a document that failed or is of other models by now. What the document holds of the model
 * named by `anew` does not count.
 */
export async function knownResults(
  { predictions }: Pick<Containers, 'predictions'>,
  models: readonly Model[],
  { name, etag }: DroppedPicture,
  claim: Pick<Claim, 'keptOf'>,
  before: Found | undefined,
  anew?: string,
): Promise<Map<Model, DocumentResult>> {
  const documented =
    before && sameEtag(before.mark.pictureEtag, etag) ? await readResults(predictions, name) : [];
  const { results: kept } = claim.keptOf(etag);
  return new Map(
    models.flatMap((model) => {
      const results = model.name === anew ? kept : [...kept, ...documented];
      const found = results.find((result) => isOf(result, model));
      return found ? [[model, asOf(model, found)] as const] : [];
    }),
  );
}

/** What an export answered for the service is not the service’s own answer; an export’s is known by its content. */
const isOf = (result: DocumentResult, model: Model): boolean =>
  result.task === model.task &&
  !result.fallbackFor &&
  (!isExport(model) || result.export?.sha256 === model.sha256) &&
  isResultOf(result, model);

/** Names and thresholds are the settings’, and may have changed since. */
const asOf = ({ name, threshold }: Model, result: DocumentResult): DocumentResult => ({
  ...result,
  model: name,
  ...ranked(result.predictions, { threshold }),
});
