import { type AdmitDecoding, atOnce } from '../pictures/converter.ts';
import { type FittedPicture, fitPicture } from '../pictures/fit.ts';
import type { Image } from '../prediction.ts';
import { takesTiles } from '../settings/models.ts';
import type { Model } from '../settings/settings.ts';
import type { DocumentImage } from '../storage/document.ts';
import { span } from '../telemetry/telemetry.ts';

/** An image as its models are asked about it. */
export type FittedImage = {
  described: DocumentImage;
  /** A url as it is; of a picture one part, for a model with tiles perhaps several. */
  askedOf(model: Model): { url: string } | { parts: FittedPicture['parts'] };
};

/** Makes a picture fit for its models, once for all of them. Rejects as `fitPicture` does. */
export async function fitImage(
  models: readonly Model[],
  image: Image,
  admit: AdmitDecoding = atOnce,
): Promise<FittedImage> {
  if ('url' in image) {
    const { origin, pathname } = new URL(image.url); // its query may hold a signature
    return { described: { url: `${origin}${pathname}` }, askedOf: () => image };
  }
  const tiles = models.some(takesTiles);
  const task = tiles ? 'detect' : 'classify';
  const { picture, sent, parts } = await span('fit', { 'keyless.bytes': image.bytes.length }, () =>
    fitPicture(image.bytes, { task, tiles }, admit),
  );
  return {
    described: { ...picture, sent },
    askedOf: (model) => ({ parts: takesTiles(model) ? parts : parts.slice(0, 1) }),
  };
}
