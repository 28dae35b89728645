/** A directory of a TIFF: its picture in one strip without compression, and entries that add to or replace its own. */
export type Page = {
  width: number;
  height: number;
  /** As stored: with the usual tags red, green and blue, a byte each. Grey of the middle where there are none. */
  samples?: Buffer;
  tags?: Readonly<Record<number, number | readonly number[] | string>>;
  subdirectories?: readonly Page[];
};
export type Writing = {
  order?: 'II' | 'MM';
  big?: boolean /** How ORIENTATION is stored. */;
  type?: 1 | 3 | 4;
};

const ORIENTATION = 274;
const [ASCII, SHORT, LONG, LONG8] = [2, 3, 4, 16];
const BYTES: Readonly<Record<number, 1 | 2 | 4 | 8>> = { 1: 1, 2: 1, 3: 2, 4: 4, 16: 8 };
/** Tags whose values TIFF 6.0 calls SHORT; the others are written as LONG, in BigTIFF too. */
const SHORTS = [255, 258, 259, 262, 266, 274, 277, 284, 296, 317, 320, 338, 339];

/** The bytes of a TIFF with these pages, byte by byte by TIFF 6.0, so that variants can be made that no library writes. */
export function tiffOf(pages: readonly Page[], { order = 'II', big = false, type }: Writing = {}): Buffer {
  const placeBytes = big ? 8 : 4;
  const chunks: Buffer[] = [];
  let length = 0;
  const append = (bytes: Buffer): number => {
    const at = length + (length % 2);
    chunks.push(Buffer.alloc(length % 2), bytes);
    length = at + bytes.length;
    return at;
  };
  const numbers = (values: readonly number[], size: 1 | 2 | 4 | 8): Buffer => {
    const bytes = Buffer.alloc(values.length * size);
    for (const [index, value] of values.entries()) {
      if (size === 8 && order === 'II') bytes.writeBigUInt64LE(BigInt(value), index * 8);
      else if (size === 8) bytes.writeBigUInt64BE(BigInt(value), index * 8);
      else if (order === 'II') bytes.writeUIntLE(value, index * size, size);
      else bytes.writeUIntBE(value, index * size, size);
    }
    return bytes;
  };
  const entry = (number: number, value: number | readonly number[] | string): Buffer => {
    const text = typeof value === 'string';
    const values = text ? [...Buffer.from(`${value}\0`)] : [value].flat();
    const kind =
      number === ORIENTATION && type
        ? type
        : text
          ? ASCII
          : SHORTS.includes(number)
            ? SHORT
            : big
              ? LONG8
              : LONG;
    const data = numbers(values, BYTES[kind] ?? 4);
    const inside = Buffer.alloc(placeBytes);
    if (data.length <= placeBytes) data.copy(inside);
    else numbers([append(data)], placeBytes).copy(inside);
    return Buffer.concat([numbers([number, kind], 2), numbers([values.length], placeBytes), inside]);
  };

  function directory(page: Page, next: number): number {
    const { width, height, tags = {}, subdirectories = [] } = page;
    const samples = page.samples ?? Buffer.alloc(width * height * 3, 128);
    const below = subdirectories.map((each) => directory(each, 0));
    const all = {
      256: width,
      257: height,
      258: [8, 8, 8],
      259: 1,
      262: 2,
      273: append(samples),
      277: 3,
      278: height,
      279: samples.length,
      ...(below.length > 0 && { 330: below }),
      ...tags,
    };
    // keys that are numbers come in their order, which TIFF wants
    const entries = Object.entries(all).map(([number, value]) => entry(Number(number), value));
    const count = numbers([entries.length], big ? 8 : 2);
    return append(Buffer.concat([count, ...entries, numbers([next], placeBytes)]));
  }

  const head = big ? [43, 8, 0] : [42];
  append(Buffer.concat([Buffer.from(order), numbers(head, 2), Buffer.alloc(placeBytes)]));
  const first = [...pages].reverse().reduce((next, page) => directory(page, next), 0);
  const bytes = Buffer.concat(chunks);
  numbers([first], placeBytes).copy(bytes, big ? 8 : 4);
  return bytes;
}
