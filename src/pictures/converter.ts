import PQueue from 'p-queue';
import type sharpModule from 'sharp';
import { KeylessError } from '../errors/errors.ts';

export type Converter = typeof sharpModule;

/** Up to three bytes a pixel are held while a picture is turned, as much again while it is cut: two at a time, of the big ones one. */
const jobs = new PQueue({ concurrency: 2 });
const bigJobs = new PQueue({ concurrency: 1 });
const BIG_PIXELS = 16_000_000;

/** Waits for the job’s turn. What the converter itself throws becomes ImageUndecodable. */
export function inTurn<T>(pixels: number, name: string, job: () => Promise<T>): Promise<T> {
  return pixels > BIG_PIXELS ? inBigTurn(name, job) : jobs.add(() => decoding(name, job));
}

/** The same, for a job that holds a decoded picture: one at a time. */
export const inBigTurn = <T>(name: string, job: () => Promise<T>): Promise<T> =>
  bigJobs.add(() => jobs.add(() => decoding(name, job)));

/** Runs it; the converter’s last line tells most, its whole text is the cause. */
export async function decoding<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof KeylessError) throw cause;
    const words = cause instanceof Error ? (cause.message.trim().split('\n').at(-1) ?? '') : '';
    throw new KeylessError('ImageUndecodable', `The ${name} cannot be decoded: ${words.slice(0, 200)}`, {
      cause,
    });
  }
}

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
    sharp.concurrency(1); // the queue decides how much runs side by side
    return sharp;
  } catch (cause) {
    throw new KeylessError(
      'ConverterMissing',
      `The package sharp cannot be loaded on ${process.platform}-${process.arch}, Node ${process.version}.`,
      { cause },
    );
  }
}
