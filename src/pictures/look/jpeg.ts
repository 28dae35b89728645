import type { Size } from '../limits.ts';
import { takingTurns } from '../turns.ts';
import { orientationOf } from './directory.ts';
import { checkCount, type Decoded, type Outline, UPRIGHT } from './outline.ts';

/** Extended XMP of 32 MiB takes 512; stray and fill bytes count too. */
const MOST_SEGMENTS = 50_000;
const END = Buffer.from([0xff, 0xd9]);
/** An end mark is looked for in so many bytes at once, a few milliseconds where all of them are FF. */
const SLICE_BYTES = 512 * 1024;

/**
 * Segments up to the first scan, as decoders find them: bytes between two segments are skipped, fill bytes too, and the
 * frame header may be anywhere among them (ITU T.81, B.1.1 and B.2). In the scans a search for the end mark is enough:
 * FF is data there only where 00 follows.
 */
export async function outlineJpeg(bytes: Buffer): Promise<Outline> {
  let size: Size | undefined;
  let samples = 0;
  let jpeg: Decoded['jpeg'];
  let exif: Buffer | undefined;
  const outline = (end: Outline['end']): Outline => ({
    size,
    orientation: exif ? orientationOf(exif) : UPRIGHT,
    end,
    decoded: { samples, ...(!exif && jpeg && { jpeg }) },
  });
  let count = 0;
  for (let at = bytes.indexOf(0xff, 2); at >= 0 && at + 4 <= bytes.length; at = bytes.indexOf(0xff, at)) {
    count += 1;
    checkCount(count, MOST_SEGMENTS, 'segments before its first scan');
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // fill byte
    } else if (standsAlone(marker)) {
      at += 2;
    } else {
      const length = Math.max(2, bytes.readUInt16BE(at + 2));
      const next = at + 2 + length;
      if (marker === 0xda) return outline((await hasEnd(bytes, next)) ? 'seen' : 'open');
      if (marker === 0xe1 && bytes.toString('latin1', at + 4, at + 9) === 'Exif\0')
        exif ??= bytes.subarray(at + 10, next);
      if (isFrame(marker) && at + 10 <= bytes.length) {
        size = { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
        samples = samplesAPixel(bytes.subarray(at + 10, next));
        jpeg = headerOf(marker, bytes[at + 4], bytes[at + 9]);
      }
      at = next;
    }
  }
  return outline('early');
}

/** TEM, restart, start and end marks, and a stuffed 00, have no length. */
const standsAlone = (marker: number): boolean =>
  marker === 0 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9);

/** SOF0 to SOF15 without DHT, JPG and DAC. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** Of the frames that are written today: SOF0, SOF1 and, in several scans, SOF2, of eight bits; others the converter tells. */
function headerOf(marker: number, bits: number | undefined, channels: number | undefined): Decoded['jpeg'] {
  if (marker > 0xc2 || bits !== 8 || (channels !== 1 && channels !== 3 && channels !== 4)) return undefined;
  return { channels, isProgressive: marker === 0xc2 };
}

/** Three bytes a component, the second of them its samples across and down, in parts of the largest. */
function samplesAPixel(components: Buffer): number {
  let [sum, across, down] = [0, 1, 1];
  for (let at = 1; at < components.length; at += 3) {
    const [h, v] = [(components[at] ?? 0) >> 4, (components[at] ?? 0) & 15];
    sum += h * v;
    across = Math.max(across, h);
    down = Math.max(down, v);
  }
  return sum / (across * down);
}

async function hasEnd(bytes: Buffer, from: number): Promise<boolean> {
  const turn = takingTurns();
  for (let at = from; at < bytes.length; at += SLICE_BYTES) {
    if (bytes.subarray(at, at + SLICE_BYTES + 1).includes(END)) return true;
    await turn();
  }
  return false;
}
