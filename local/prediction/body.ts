/** The most a picture may weigh: https://learn.microsoft.com/azure/ai-services/custom-vision-service/limits-and-quotas */
export const MAX_PICTURE_BYTES = 4 * 1024 * 1024;

/** Room for the head and tail of a form around the picture. */
export const MAX_BODY_BYTES = MAX_PICTURE_BYTES + 64 * 1024;

/** The whole body, or undefined when it is longer than the limit: the rest is read, so that an answer arrives, and dropped. */
export async function readBody(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes <= limit ? Buffer.concat(chunks) : undefined;
}
