import { randomUUID } from 'node:crypto';

/** The SDK’s form, one part of bytes per field, as one buffer of known length. */
export function multipart(form: Record<string, unknown>): { contentType: string; body: Buffer } {
  const boundary = `keyless-${randomUUID()}`;
  const pieces = Object.entries(form).flatMap(([field, value]) => {
    if (!Buffer.isBuffer(value))
      throw new TypeError(`Form field ${field}: expected a Buffer, got ${typeof value}.`);
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
    return [Buffer.from(head), value, Buffer.from('\r\n')];
  });
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  };
}
