import sharp from 'sharp';
import { KeylessError } from '../../src/errors/errors.ts';
import { fitPicture } from '../../src/pictures/fit.ts';
import { MAX_PIXELS } from '../../src/pictures/limits.ts';
import { readBySpec } from '../pictures/bitmapSpec.ts';
import { CLASSIFY } from '../pictures/painted.ts';
import { longestBlock } from './longestBlock.ts';
import type { Mutated } from './mutatedPictures.ts';

export type Agreement = {
  looked: number;
  agreed: number;
  /** Of each format, those looked at, those that the app takes, and those in which the two differ. */
  formats: Record<string, { looked: number; taken: number; differ: number }>;
  disagreements: string[];
  /** Of one picture, in ms of computing. */
  longestHold: number;
};

/** Asks the app and the strict decoder about each; for bitmaps, which sharp does not read, what their specification says. */
export async function agreementOver(pictures: readonly Mutated[]): Promise<Agreement> {
  const outcome: Agreement = { looked: 0, agreed: 0, formats: {}, disagreements: [], longestHold: 0 };
  // first the app alone, so that what the specification’s reader leaves to collect is not counted as its hold
  const said: string[] = [];
  for (const { bytes } of pictures) {
    const hold = await longestBlock(async () => {
      said.push(await appOf(bytes));
    });
    outcome.longestHold = Math.max(outcome.longestHold, hold);
  }
  for (const [index, { format, how, bytes }] of pictures.entries()) {
    const [app, decoder] = [said[index] ?? '', await decoderOf(format, bytes)];
    const counts = outcome.formats[format] ?? { looked: 0, taken: 0, differ: 0 };
    outcome.formats[format] = counts;
    const [taken, agreed] = [app === '', (app === '') === (decoder === '')];
    counts.looked += 1;
    counts.taken += Number(taken);
    counts.differ += Number(!agreed);
    outcome.looked += 1;
    outcome.agreed += Number(agreed);
    if (!agreed)
      outcome.disagreements.push(
        `${format} ${how}: app: ${app || 'takes it'} | decoder: ${decoder || 'takes it'}`,
      );
  }
  return outcome;
}

/** Empty where it is taken, else why not. */
async function appOf(bytes: Buffer): Promise<string> {
  try {
    await fitPicture(bytes, CLASSIFY);
    return '';
  } catch (error) {
    if (error instanceof KeylessError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

async function decoderOf(format: string, bytes: Buffer): Promise<string> {
  if (format === 'BMP' && bytes.toString('latin1', 0, 2) === 'BM') {
    const read = readBySpec(bytes);
    if (typeof read === 'string') return read;
    return read.width * read.height > MAX_PIXELS ? 'too many pixels' : '';
  }
  return sharp(bytes, { failOn: 'error' })
    .raw()
    .toBuffer()
    .then(
      () => '',
      (error: Error) => error.message.trim().split('\n').at(-1) ?? 'refuses it',
    );
}
