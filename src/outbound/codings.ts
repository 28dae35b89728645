import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

type Decode = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const gunzip: Decode = promisify(zlib.gunzip);
/** Some servers send the bare stream, against RFC 9110; a zlib header tells itself by its first four bits. */
const inflate: Decode = (bytes, options) =>
  promisify(((bytes[0] ?? 0) & 0x0f) === 8 ? zlib.inflate : zlib.inflateRaw)(bytes, options);

const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: promisify(zlib.brotliDecompress),
  zstd: promisify(zlib.zstdDecompress),
};
/** As curl and undici do: https://curl.se/docs/CVE-2022-32206.html */
const MOST_CODINGS = 5;

/**
 * A body without the codings that its Content-Encoding names; they may come unasked, and of what no coding is called the
 * bytes stay as they are. Rejects for what cannot be decoded, and for more than `mostBytes` at any step
 * (ERR_BUFFER_TOO_LARGE).
 */
export async function decoded(bytes: Buffer, contentEncoding: string, mostBytes: number): Promise<Buffer> {
  const codings = contentEncoding.toLowerCase().split(/\s*,\s*/u);
  if (codings.length > MOST_CODINGS) throw new Error(`${codings.length} content codings`);
  let plain = bytes;
  for (const coding of codings.toReversed()) {
    const decode = DECODERS[coding.trim()];
    if (decode && plain.length > 0) plain = await decode(plain, { maxOutputLength: mostBytes });
  }
  return plain;
}
