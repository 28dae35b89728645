import sharp from 'sharp';
import type { Format } from '../../src/pictures/format.ts';

export type Sample = { title: string; format: Format; bytes: Buffer; width: number; height: number };

const noise = (width: number, height: number) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: 'green',
      noise: { type: 'gaussian', mean: 120, sigma: 60 },
    },
  });

/** Good files of each type, in the variants that decoders tell apart. */
export async function samples(): Promise<Sample[]> {
  const [width, height] = [48, 36];
  const thumbnail = await noise(16, 12).jpeg().toBuffer();
  const variants: [string, Format, Promise<Buffer> | Buffer][] = [
    ['baseline JPEG', 'jpeg', noise(width, height).jpeg().toBuffer()],
    [
      'progressive JPEG',
      'jpeg',
      noise(width, height).jpeg({ progressive: true, optimiseScans: true }).toBuffer(),
    ],
    [
      'JPEG with metadata',
      'jpeg',
      noise(width, height).withMetadata({ orientation: 6, density: 300 }).jpeg().toBuffer(),
    ],
    ['JPEG with a thumbnail', 'jpeg', withThumbnail(await noise(width, height).jpeg().toBuffer(), thumbnail)],
    ['PNG', 'png', noise(width, height).png().toBuffer()],
    ['interlaced PNG', 'png', noise(width, height).png({ progressive: true }).toBuffer()],
    ['palette PNG', 'png', noise(width, height).png({ palette: true }).toBuffer()],
    ['GIF', 'gif', noise(width, height).gif().toBuffer()],
    ['animated GIF', 'gif', animation(width, height)],
    ['bitmap', 'bmp', bitmap(width, height)],
    ['bitmap from top to bottom', 'bmp', bitmap(width, -height)],
    ['bitmap with a gap before its pixels', 'bmp', bitmap(width, height, 22)],
  ];
  return Promise.all(
    variants.map(async ([title, format, bytes]) => ({ title, format, bytes: await bytes, width, height })),
  );
}

/** An APP1 segment that holds a whole JPEG, as cameras write it, before the picture’s own. */
function withThumbnail(jpeg: Buffer, thumbnail: Buffer): Buffer {
  const data = Buffer.concat([Buffer.from('Exif\0\0'), thumbnail]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)]);
}

export async function animation(width: number, height: number): Promise<Buffer> {
  const frames = await Promise.all([1, 2, 3].map(() => noise(width, height).raw().toBuffer()));
  return sharp(Buffer.concat(frames), { raw: { width, height: height * 3, channels: 3, pageHeight: height } })
    .gif({ delay: [50, 50, 50] })
    .toBuffer();
}

/** 24 bits a pixel, uncompressed; a negative height means from top to bottom. */
export function bitmap(width: number, height: number, gap = 0): Buffer {
  const rowBytes = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + gap + rowBytes * Math.abs(height), 0x5a);
  bytes.fill(0, 0, 54);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54 + gap, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

/** A PNG that says it has this size; nobody decodes it. */
export function pngOfSize(width: number, height: number): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write(name, 4, 'latin1');
    return Buffer.concat([head, data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width >>> 0);
  header.writeUInt32BE(height >>> 0, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(4)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
