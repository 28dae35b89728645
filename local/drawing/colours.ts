import { between, type Random } from './random.ts';

/** Hue in degrees (any number), saturation and lightness in percent. */
export const hsl = (hue: number, saturation: number, lightness: number) =>
  `hsl(${hue.toFixed(0)},${saturation.toFixed(0)}%,${lightness.toFixed(0)}%)`;

type Span = readonly [low: number, high: number];

export const anyOf = (random: Random, hue: Span, saturation: Span, lightness: Span) =>
  hsl(between(random, ...hue), between(random, ...saturation), between(random, ...lightness));

export const stemBrown = (random: Random) => anyOf(random, [20, 40], [30, 60], [18, 38]);
