import { MAX_PICTURE_BYTES } from './body.ts';
import { Refusal } from './refusal.ts';

const TIMEOUT_MS = 10_000;

/** Fetches the picture behind a `{"url": …}`; throws a Refusal when there is none to be had. */
export async function fetchPicture(url: string, gone: AbortSignal): Promise<Uint8Array> {
  const address = URL.parse(url);
  if (!address || !/^https?:$/.test(address.protocol)) {
    throw new Refusal('BadRequestImageUrl', {
      message: 'Bad Request Image Url: only http and https are fetched.',
    });
  }
  try {
    const signal = AbortSignal.any([gone, AbortSignal.timeout(TIMEOUT_MS)]);
    const answer = await fetch(address, { signal });
    if (!answer.ok) {
      await answer.body?.cancel();
      throw new Error(`The address answered ${answer.status}.`);
    }
    return await firstBytes(answer.body ?? [], MAX_PICTURE_BYTES);
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal('BadRequestImageUrl', {
      message: 'Bad Request Image Url: the image cannot be fetched.',
      cause,
    });
  }
}

/** Stops at the limit instead of reading on: what is behind the address may have no end. */
async function firstBytes(
  stream: AsyncIterable<Uint8Array> | Uint8Array[],
  limit: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > limit) throw new Refusal('BadRequestImageSizeBytes');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
