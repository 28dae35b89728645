import { randomFillSync } from 'node:crypto';
import sharp, { type Sharp } from 'sharp';

/** Of the most pixels that are taken. */
const SIDE = 10_000;

const plain = (channels: 3 | 4): Sharp =>
  sharp({
    create: { width: SIDE, height: SIDE, channels, background: { r: 10, g: 200, b: 30, alpha: 0.5 } },
    limitInputPixels: false,
  });

/** Small files that take much memory or time to look at or decode, by what they are. */
export async function bombs(): Promise<Record<string, Buffer>> {
  const deep = () => plain(4).toColourspace('rgb16').withMetadata({ orientation: 6 });
  const webp = sharp({ create: { width: 16_000, height: 6_250, channels: 3, background: 'green' } });
  return {
    'interlaced 16-bit PNG, turned': await deep().png({ progressive: true }).toBuffer(),
    '16-bit TIFF, turned': await deep().tiff({ compression: 'deflate' }).toBuffer(),
    'progressive 4:4:4 JPEG, turned': await plain(3)
      .withMetadata({ orientation: 6 })
      .jpeg({ progressive: true, chromaSubsampling: '4:4:4' })
      .toBuffer(),
    'JPEG, turned': await plain(3).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    WebP: await webp.webp({ effort: 0 }).toBuffer(),
    GIF: await plain(3).gif({ effort: 1 }).toBuffer(),
    '1-bit BMP': noiseBitmap(),
    'JPEG without a frame header': jpegWithoutFrame(),
    'JPEG of empty segments': Buffer.concat([
      Buffer.from('ffd8', 'hex'),
      Buffer.alloc(31 * 2 ** 20, Buffer.from('ffe00002', 'hex')),
      Buffer.from('ffd9', 'hex'),
    ]),
    'PNG of empty chunks': Buffer.concat([
      Buffer.from('89504e470d0a1a0a', 'hex'),
      Buffer.alloc(31 * 2 ** 20, Buffer.from('000000007445587400000000', 'hex')),
    ]),
  };
}

function noiseBitmap(): Buffer {
  const row = Math.ceil(SIDE / 32) * 4;
  const head = Buffer.alloc(62);
  head.write('BM');
  head.writeUInt32LE(62 + row * SIDE, 2);
  head.writeUInt32LE(62, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(SIDE, 18);
  head.writeInt32LE(SIDE, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(1, 28);
  head.writeUInt32LE(0xffffff, 58);
  return Buffer.concat([head, randomFillSync(Buffer.alloc(row * SIDE))]);
}

/** A scan of 31 MiB and nothing that says how large the picture is. */
const jpegWithoutFrame = (): Buffer =>
  Buffer.concat([
    Buffer.from('ffd8ffe000040000ffda0008010100003f00', 'hex'),
    Buffer.alloc(31 * 1024 * 1024),
    Buffer.from('ffd9', 'hex'),
  ]);
