import type { Colour } from './painted.ts';

/** Colours by place, from the top left. */
type Read = { width: number; height: number; colourAt(x: number, y: number): Colour };

/**
 * What the specification makes of a bitmap, pixel by pixel and by no code of the app: its colours, or why it has none.
 * What it leaves open is decided as most readers do: missing runs are of colour 0, runs over a row are cut, colours that
 * the palette has not are black, alpha is not used.
 */
export function readBySpec(bytes: Buffer): Read | 'cut off' | 'not read' {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    return read(view);
  } catch (error) {
    if (error instanceof RangeError) return 'cut off';
    throw error;
  }
}

const LITTLE = true;

function read(view: DataView): Read | 'cut off' | 'not read' {
  if (view.byteLength < 26) return 'cut off';
  const generation = view.getUint32(14, LITTLE);
  if (![12, 16, 40, 52, 56, 64, 108, 124].includes(generation)) return 'not read';
  if (view.byteLength < 14 + generation) return 'cut off';
  const old = generation === 12;
  const width = old ? view.getUint16(18, LITTLE) : view.getInt32(18, LITTLE);
  const signed = old ? view.getUint16(20, LITTLE) : view.getInt32(22, LITTLE);
  const bits = view.getUint16(old ? 24 : 28, LITTLE);
  const method = generation >= 40 ? view.getUint32(30, LITTLE) : 0;
  const height = Math.abs(signed);
  const kind = `${method}/${bits}`;
  const plain = /^0\/(1|4|8|16|24|32)$/u.test(kind);
  const fields = /^[36]\/(16|32)$/u.test(kind) && generation !== 64;
  const inRuns = kind === '1/8' || kind === '2/4';
  if (!plain && !fields && !inRuns) return 'not read';
  const mask = (index: number) => view.getUint32(54 + index * 4, LITTLE);
  if (fields) mask(2);
  if (width <= 0 || height === 0) return 'not read';
  const all = bits <= 8 ? 2 ** bits : 0;
  const wanted = generation >= 40 ? view.getUint32(46, LITTLE) : 0;
  const entry = old ? 3 : 4;
  const many = wanted > 0 && wanted < all ? wanted : all;
  const told = view.getUint32(10, LITTLE);
  const start = told || 14 + generation + many * entry;
  const room = told > 14 + generation ? Math.floor((told - 14 - generation) / entry) : many;
  const colour = (index: number): Colour => {
    const at = 14 + generation + index * entry;
    if (index >= many || index >= room) return [0, 0, 0];
    const byte = (offset: number) => (at + offset < view.byteLength ? view.getUint8(at + offset) : 0);
    return [byte(2), byte(1), byte(0)];
  };
  const from = (row: number) => (signed < 0 ? row : height - 1 - row);
  if (inRuns) {
    const found = expand(view, start, width, height, bits === 4);
    if (!found) return 'cut off';
    return { width, height, colourAt: (x, y) => colour(found.get(from(y) * width + x) ?? 0) };
  }
  const rowBytes = ((width * bits + 31) >> 5) * 4;
  if (start + rowBytes * height > view.byteLength) return 'cut off';
  const masks = fields
    ? [mask(0), mask(1), mask(2)]
    : bits === 16
      ? [0x7c00, 0x3e0, 0x1f]
      : [0xff0000, 0xff00, 0xff];
  const colourAt = (x: number, y: number): Colour => {
    const at = start + from(y) * rowBytes;
    if (bits <= 8) {
      const byte = view
        .getUint8(at + Math.floor((x * bits) / 8))
        .toString(2)
        .padStart(8, '0');
      return colour(Number.parseInt(byte.slice((x * bits) % 8, ((x * bits) % 8) + bits), 2));
    }
    let value = 0n;
    for (let byte = bits / 8 - 1; byte >= 0; byte -= 1)
      value = value * 256n + BigInt(view.getUint8(at + (x * bits) / 8 + byte));
    const [red = 0, green = 0, blue = 0] = masks.map((each) => field(value, BigInt(each)));
    return [red, green, blue];
  };
  return { width, height, colourAt };
}

function field(value: bigint, mask: bigint): number {
  if (mask === 0n) return 0;
  let [low, most] = [0n, mask];
  while (most % 2n === 0n) [low, most] = [low + 1n, most / 2n];
  return Math.round((Number((value & mask) >> low) * 255) / Number(most));
}

/** Numbers of colours by place; undefined where the file ends first. */
function expand(view: DataView, start: number, width: number, height: number, half: boolean) {
  const found = new Map<number, number>();
  let [at, x, y] = [start, 0, 0];
  const next = () => view.getUint8(at++);
  const put = (value: number) => {
    if (x < width && y < height) found.set(y * width + x, value);
    x += 1;
  };
  try {
    while (y < height) {
      const [count, value] = [next(), next()];
      if (count > 0)
        for (let index = 0; index < count; index += 1)
          put(!half ? value : index % 2 ? value & 15 : value >> 4);
      else if (value === 1) break;
      else if (value === 0) [x, y] = [0, y + 1];
      else if (value === 2) [x, y] = [x + next(), y + next()];
      else {
        const body = Array.from({ length: half ? (value + 1) >> 1 : value }, next);
        for (let index = 0; index < value; index += 1) {
          const byte = body[half ? index >> 1 : index] ?? 0;
          put(!half ? byte : index % 2 ? byte & 15 : byte >> 4);
        }
        if (body.length % 2 === 1) at += 1;
      }
    }
  } catch (error) {
    if (error instanceof RangeError) return y === height - 1 && x >= width ? found : undefined;
    throw error;
  }
  return found;
}
