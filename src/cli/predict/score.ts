import { asKeylessError, KeylessError } from '../../errors/errors.ts';
import type { AskModel, Budget, Image } from '../../prediction.ts';
import { fitImage } from '../../scoring/fitImage.ts';
import { scoreWith } from '../../scoring/scoreWith.ts';
import type { Model } from '../../settings/settings.ts';
import {
  describeError,
  failed,
  type Limits,
  type PredictionDocument,
  succeeded,
} from '../../storage/document.ts';
import type { NamedPicture } from './pictures.ts';

/** Somebody waits before a terminal, but may have given a thousand pictures. */
export const TERMINAL_BUDGET: Budget = { total: 60_000, attempt: 15_000, firstWait: 500 };

export type Scored = { document: PredictionDocument; image?: Image };

/** Scores one picture as the app does; what fails is a failed document. Rejects only after the signal. */
export async function scoreNamed(
  ask: AskModel,
  model: Model,
  picture: NamedPicture,
  limits: Limits,
  signal: AbortSignal,
): Promise<Scored> {
  const { name } = picture;
  let image: Image | undefined;
  try {
    image = await readImage(picture);
    const fitted = await fitImage([model], image);
    const result = await scoreWith(ask, model, fitted, {
      budget: TERMINAL_BUDGET,
      limits,
      signal,
    });
    return { document: succeeded({ name, ...fitted.described }, [result]), image };
  } catch (error) {
    signal.throwIfAborted();
    return { document: failed({ name }, describeError(asKeylessError(error))), ...(image && { image }) };
  }
}

/** Throws ImageMissing where a file cannot be read, or is empty. */
export async function readImage({ name, read }: NamedPicture): Promise<Image> {
  let image: Image;
  try {
    image = await read();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new KeylessError('ImageMissing', `${name} cannot be read (${code}).`, {
      cause,
      fix: 'Check that the file is there and that you may read it.',
    });
  }
  if ('bytes' in image && image.bytes.length === 0) {
    throw new KeylessError('ImageMissing', `${name === '-' ? 'Standard input' : name} is empty.`, {
      fix: 'Check what made it; a picture has at least its header.',
    });
  }
  return image;
}
