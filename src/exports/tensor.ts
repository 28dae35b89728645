import type { Pixels } from './pixels.ts';
import type { Prepared } from './prepare.ts';

/** A picture as numbers, which a model takes: [1,3,height,width] or [1,height,width,3]. */
export type PictureTensor = { data: Float32Array; dims: readonly number[] };

/** Colours as the model orders them, in planes or beside each other. */
export function tensorOf(
  { data, channels, size }: Prepared,
  { planes, order, factors, offsets }: Pixels,
  spare?: Float32Array,
): PictureTensor {
  const { width, height } = size;
  const count = width * height;
  const floats = spare?.length === 3 * count ? spare : new Float32Array(3 * count);
  for (let place = 0; place < 3; place += 1) {
    // mean and deviation are told in the order that the model takes the colours in
    const [factor = 1, offset = 0] = [factors[place], offsets[place]];
    const channel = channels < 3 ? 0 : order === 'bgr' ? 2 - place : place;
    const [start, step] = planes ? [place * count, 1] : [place, 3];
    for (let i = 0, to = start, from = channel; i < count; i += 1, to += step, from += channels)
      floats[to] = (data[from] as number) * factor + offset;
  }
  return { data: floats, dims: planes ? [1, 3, height, width] : [1, height, width, 3] };
}
