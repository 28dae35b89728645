/*
 * Half-precision numbers (IEEE 754 binary16) as 16-bit patterns. Float16Array would do, but Node 22 does not have it.
 */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest half, ties to even; numbers beyond 65504 become infinite. */
export function toHalf(value: number): number {
  float[0] = value;
  const pattern = bits[0] ?? 0;
  const sign = (pattern >>> 16) & 0x8000;
  const magnitude = pattern & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  const exponent = (magnitude >>> 23) - 112;
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent < -10) return sign;
  // Below the smallest normal half the leading one is stored, and the fraction moves right.
  const fraction = magnitude & 0x7fffff;
  const wide = exponent > 0 ? (exponent << 23) | fraction : fraction | 0x800000;
  const drop = exponent > 0 ? 13 : 14 - exponent;
  const kept = wide >>> drop;
  const rest = wide & ((1 << drop) - 1);
  const middle = 1 << (drop - 1);
  return sign | (kept + (rest > middle || (rest === middle && (kept & 1) === 1) ? 1 : 0));
}

export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
