import type sharpModule from 'sharp';
import { KeylessError } from '../errors/errors.ts';

export type Converter = typeof sharpModule;

/**
 * Called once, before anything is decoded, with the bytes of memory that takes; resolves when it may begin. Decoded
 * pictures are many times larger than their files, so whoever has pictures decoded says how much of it goes at once.
 */
export type AdmitDecoding = (bytes: number) => Promise<void>;

/** For who has one picture at a time. */
export const atOnce: AdmitDecoding = async () => {};

/** Before the converter is told to give a picture up, if it has no more than a processor of its own. */
export const MOST_SECONDS = 60;

/** Runs it; the converter’s last line tells most, its whole text is the cause, unless it is known what its failing means. */
export async function decoding<T>(
  name: string,
  work: () => Promise<T>,
  meaning?: (cause: unknown) => KeylessError,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof KeylessError) throw cause;
    const lines = cause instanceof Error ? cause.message.trim().split('\n') : [];
    if (lines.some((line) => line.startsWith('timeout:'))) throw tooSlow(name, cause);
    const words = (lines.at(-1) ?? '').slice(0, 200);
    throw (
      meaning?.(cause) ??
      new KeylessError('ImageUndecodable', `The ${name} cannot be decoded: ${words}`, { cause })
    );
  }
}

const tooSlow = (name: string, cause: unknown): KeylessError =>
  new KeylessError('ImageTooSlow', `The ${name} was not decoded within ${MOST_SECONDS} seconds.`, { cause });

let loading: Promise<Converter> | undefined;

/** sharp, which is native code, loaded when the first picture needs it. */
export function loadConverter(): Promise<Converter> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Converter> {
  try {
    const { default: sharp } = await import('sharp');
    sharp.cache(false); // no picture comes twice
    sharp.concurrency(1); // admission decides how much runs side by side
    return sharp;
  } catch (cause) {
    throw new KeylessError(
      'ConverterMissing',
      `The package sharp cannot be loaded on ${process.platform}-${process.arch}, Node ${process.version}.`,
      { cause },
    );
  }
}
