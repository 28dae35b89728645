import { randomUUID } from 'node:crypto';

/** The SDK’s form, one part of bytes per field, in pieces that are sent one after the other: the bytes are not copied. */
export function multipart(form: Record<string, unknown>): {
  contentType: string;
  length: number;
  pieces: Buffer[];
} {
  const boundary = `keyless-${randomUUID()}`;
  const parts = Object.entries(form).flatMap(([field, value]) => {
    if (!Buffer.isBuffer(value))
      throw new TypeError(`Form field ${field}: expected a Buffer, got ${typeof value}.`);
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
    return [Buffer.from(head), value, Buffer.from('\r\n')];
  });
  const pieces = [...parts, Buffer.from(`--${boundary}--\r\n`)];
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: pieces.reduce((sum, piece) => sum + piece.length, 0),
    pieces,
  };
}
