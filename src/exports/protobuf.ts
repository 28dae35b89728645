/*
 * The part of the protobuf wire format that ONNX files use: https://protobuf.dev/programming-guides/encoding/
 */

const varintWire = 0;
const longWire = 1;
const bytesWire = 2;
const shortWire = 5;

/** A field as read: `value` for whole numbers, `bytes` for everything that has a length. */
export type Field = { number: number; value?: bigint; bytes?: Uint8Array };

/** A whole number in 7-bit groups, lowest first; a negative one takes ten bytes, as int64 in two's complement. */
export function varint(value: number | bigint): Uint8Array {
  const groups: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const group = Number(rest & 0x7fn);
    rest >>= 7n;
    groups.push(rest > 0n ? group | 0x80 : group);
  } while (rest > 0n);
  return Uint8Array.from(groups);
}

const key = (field: number, wire: number) => varint((field << 3) | wire);

export const writeInt = (field: number, value: number | bigint): Uint8Array =>
  Buffer.concat([key(field, varintWire), varint(value)]);

export const writeBytes = (field: number, ...parts: Uint8Array[]): Uint8Array => {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([key(field, bytesWire), varint(length), ...parts]);
};

export const writeText = (field: number, text: string) => writeBytes(field, Buffer.from(text));

/** The fields of one message, in file order, in one walk. Throws RangeError on bytes that are no protobuf message. */
export function* readFields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const take = (length: number) => {
    if (length < 0 || at + length > message.length) {
      throw new RangeError(`Broken protobuf: ${length} bytes wanted at ${at} of ${message.length}.`);
    }
    at += length;
    return message.subarray(at - length, at);
  };
  const takeVarint = () => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = BigInt(take(1)[0] ?? 0);
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return BigInt.asIntN(64, value);
    }
    throw new RangeError(`Broken protobuf: the number before byte ${at} has more than ten bytes.`);
  };
  while (at < message.length) {
    const head = Number(takeVarint());
    const number = head >>> 3;
    const wire = head & 7;
    if (wire === varintWire) yield { number, value: takeVarint() };
    else if (wire === bytesWire) yield { number, bytes: take(Number(takeVarint())) };
    else if (wire === shortWire) take(4);
    else if (wire === longWire) take(8);
    else throw new RangeError(`Broken protobuf: wire type ${wire} at byte ${at}.`);
  }
}

/** The contents of every length-delimited field with this number. */
export const readAll = (message: Uint8Array, field: number): Uint8Array[] => {
  const found: Uint8Array[] = [];
  for (const { number, bytes } of readFields(message)) if (number === field && bytes) found.push(bytes);
  return found;
};

export const readText = (message: Uint8Array, field: number): string =>
  Buffer.from(readAll(message, field)[0] ?? []).toString();
