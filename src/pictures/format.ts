/** The picture types Custom Vision reads: https://learn.microsoft.com/azure/ai-services/custom-vision-service/limits-and-quotas */
export type Format = 'jpeg' | 'png' | 'gif' | 'bmp';

export const contentTypes: Record<Format, string> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  bmp: 'image/bmp',
};

type Signature = (head: string) => boolean;
const at =
  (offset: number, ...texts: string[]): Signature =>
  (head) =>
    texts.some((text) => head.startsWith(text, offset));

/** What the first bytes hold, read as Latin-1. */
const SIGNATURES: readonly (readonly [string, Signature])[] = [
  ['jpeg', at(0, '\xff\xd8')],
  ['png', at(0, '\x89PNG\r\n\x1a\n')],
  ['gif', at(0, 'GIF87a', 'GIF89a')],
  // "BM" alone begins many texts: the header’s size, 12 to 124, must follow
  ['bmp', (head) => at(0, 'BM')(head) && at(15, '\0\0\0')(head)],
  ['WebP', (head) => at(0, 'RIFF')(head) && at(8, 'WEBP')(head)],
  ['TIFF', at(0, 'II*\0', 'MM\0*', 'II+\0', 'MM\0+')],
  ['ORF, raw data of a camera', at(0, 'IIRO', 'IIRS', 'MMOR')],
  ['RW2, raw data of a camera', at(0, 'IIU\0')],
  ['RAF, raw data of a camera', at(0, 'FUJIFILMCCD-RAW')],
  ['CR3, raw data of a camera', at(4, 'ftypcrx ')],
  // an AVIF may also begin as any HEIF does, and name avif among what it is compatible with
  ['AVIF', (head) => /^....ftyp(.{4})*?avi[fs]/su.test(head)],
  ['HEIC', at(4, 'ftyphei', 'ftyphev', 'ftypmif1', 'ftypmsf1')],
  ['SVG', (head) => /^\s*<(svg|\?xml)/u.test(head)],
  ['PDF', at(0, '%PDF')],
  ['gzip', at(0, '\x1f\x8b')],
];
const HEAD_BYTES = 64;

/** The type that the first bytes tell, whatever name or Content-Type say; other known types by their name. */
export function sniff(bytes: Uint8Array): { format: Format } | { other: string | undefined } {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  const name = SIGNATURES.find(([, fits]) => fits(head))?.[0];
  return name !== undefined && name in contentTypes ? { format: name as Format } : { other: name };
}
