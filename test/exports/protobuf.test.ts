import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  readAll,
  readFields,
  readText,
  varint,
  writeBytes,
  writeInt,
  writeText,
} from '../../src/exports/protobuf.ts';

test('a whole number is written as in the format description', () => {
  expect([...varint(0)]).toEqual([0]);
  expect([...varint(150)]).toEqual([0x96, 0x01]);
  expect([...varint(-1)]).toEqual([...Array(9).fill(0xff), 0x01]);
});

test('every int64 under every field number comes back as it was', () => {
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), int64, (number, value) => {
      expect([...readFields(writeInt(number, value))]).toEqual([{ number, value }]);
    }),
  );
});

test('messages of several fields come back in order', () => {
  const field = fc.record({
    number: fc.integer({ min: 1, max: 30 }),
    bytes: fc.uint8Array({ maxLength: 300 }),
  });
  fc.assert(
    fc.property(fc.array(field, { maxLength: 8 }), (fields) => {
      const message = Buffer.concat(fields.map(({ number, bytes }) => writeBytes(number, bytes)));
      const read = [...readFields(message)].map(({ number, bytes }) => ({
        number,
        bytes: [...(bytes ?? [])],
      }));
      expect(read).toEqual(fields.map(({ number, bytes }) => ({ number, bytes: [...bytes] })));
    }),
  );
});

test('fixed-width fields are passed over', () => {
  const message = Buffer.concat([
    Buffer.of(0x0d, 1, 2, 3, 4, 0x11, 1, 2, 3, 4, 5, 6, 7, 8),
    writeText(3, 'Äpfel'),
  ]);
  expect(readText(message, 3)).toBe('Äpfel');
  expect(readAll(message, 4)).toEqual([]);
});

test('bytes that are no protobuf end in an error, never in a loop', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        expect([...readFields(bytes)].length).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
  expect(() => [...readFields(writeText(1, 'apple').subarray(0, 4))]).toThrow(/5 bytes wanted at 2 of 4/);
});
