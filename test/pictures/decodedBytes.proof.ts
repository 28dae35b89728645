import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decoding } from '../../src/pictures/converter.ts';
import { type FitOptions, fitPicture } from '../../src/pictures/fit.ts';
import { bitmapOf } from './bitmaps.ts';
import { bitmap } from './files.ts';
import { CLASSIFY, noise, plain, TILES } from './painted.ts';

const MIB = 2 ** 20;
const fit = new URL('../../src/pictures/fit.ts', import.meta.url).href;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'decoded-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Fits a picture in a process of its own; MiB that it asked for, and that it took at most besides what it had before. */
async function measured(bytes: Buffer, how: FitOptions): Promise<{ asked: number; took: number }> {
  const file = join(folder, 'picture');
  await writeFile(file, bytes);
  const script = `
    const { readFileSync, writeFileSync } = await import('node:fs');
    const { fitPicture } = await import(${JSON.stringify(fit)});
    const { default: sharp } = await import('sharp');
    const mebibytes = (name) => Number(new RegExp(name + ':\\\\s+(\\\\d+)').exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
    for (const format of ['webp', 'tiff'])
      await fitPicture(await sharp({ create: { width: 64, height: 48, channels: 3, background: 'red' } })[format]().toBuffer(), ${JSON.stringify(how)});
    const bytes = readFileSync(${JSON.stringify(file)});
    gc();
    writeFileSync('/proc/self/clear_refs', '5'); // the peak counts from here: https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html
    const before = mebibytes('VmRSS');
    let asked = 0;
    await fitPicture(bytes, ${JSON.stringify(how)}, async (more) => { asked += more / 2 ** 20; });
    console.log(JSON.stringify({ asked, took: mebibytes('VmHWM') - before }));`;
  const args = ['--expose-gc', '--no-warnings', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

/** One colour, and the end of each row told. */
function runs(width: number, height: number): Buffer {
  const head = bitmapOf([[[255, 0, 0]]], { bits: 8, method: 1 });
  const row = Buffer.from(`${'ff00'.repeat(Math.ceil(width / 255))}0000`, 'hex');
  const bytes = Buffer.concat([
    head.subarray(0, head.readUInt32LE(10)),
    ...Array.from({ length: height }, () => row),
  ]);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  return bytes;
}
/** With much behind its last box. */
function sequence(avif: Buffer): Buffer {
  const bytes = Buffer.concat([avif, Buffer.alloc(24 * MIB, 1)]);
  bytes.write('avis', 8, 'latin1');
  return bytes;
}

const large = () => plain(6000, 4000);
const deep = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 4, background: '#f008' } }).toColourspace('rgb16');

describe.runIf(process.platform === 'linux')('the memory that decoding asks for', () => {
  it.each<[string, FitOptions, () => Promise<Buffer>]>([
    [
      'a JPEG of 24 megapixels that lies',
      CLASSIFY,
      () => large().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    ],
    ['the same in tiles', TILES, () => large().withMetadata({ orientation: 6 }).jpeg().toBuffer()],
    [
      'a progressive JPEG of full colours',
      CLASSIFY,
      () =>
        plain(4000, 3000)
          .withMetadata({ orientation: 6 })
          .jpeg({ progressive: true, chromaSubsampling: '4:4:4' })
          .toBuffer(),
    ],
    [
      'an interlaced PNG of 16 bits',
      CLASSIFY,
      () =>
        deep(2500, 2000)
          .withMetadata({ orientation: 6 })
          .png({ progressive: true, compressionLevel: 1 })
          .toBuffer(),
    ],
    [
      'a turned TIFF of 16 bits',
      CLASSIFY,
      () => deep(3600, 2400).withMetadata({ orientation: 6 }).tiff({ compression: 'deflate' }).toBuffer(),
    ],
    [
      'a TIFF of tiles',
      CLASSIFY,
      () => large().tiff({ compression: 'jpeg', tile: true, tileWidth: 1024, tileHeight: 1024 }).toBuffer(),
    ],
    ['an AVIF', CLASSIFY, () => plain(2400, 2000).avif({ effort: 0 }).toBuffer()],
    ['a bitmap', TILES, async () => bitmap(3_600, 2_900)],
    ['a WebP', CLASSIFY, () => plain(4000, 3000).webp({ effort: 0 }).toBuffer()],
    ['a GIF wider than is sent', CLASSIFY, () => plain(10_100, 800).gif({ effort: 1 }).toBuffer()],
    ['a bitmap in runs', CLASSIFY, async () => runs(10_100, 2_000)],
    [
      'an AVIF that calls itself a sequence',
      CLASSIFY,
      async () => sequence(await plain(2400, 2000).avif({ effort: 0 }).toBuffer()),
    ],
    ['a JPEG that goes as it came', CLASSIFY, () => large().jpeg().toBuffer()],
    [
      'a progressive JPEG that does',
      CLASSIFY,
      () => plain(5000, 4000).jpeg({ progressive: true }).toBuffer(),
    ],
    ['a PNG that does', CLASSIFY, () => large().png().toBuffer()],
    ['an interlaced PNG that does', CLASSIFY, () => plain(5000, 4000).png({ progressive: true }).toBuffer()],
    ['a GIF that does', CLASSIFY, () => plain(4000, 4000).gif({ effort: 1 }).toBuffer()],
  ])('is what it takes: %s', async (_name, how, make) => {
    const { asked, took } = await measured(await make(), how);
    expect(asked).toBeGreaterThan(0.8 * took);
    expect(asked).toBeLessThan(2 * Math.max(20, took)); // less is not told apart
  });
});

/** More than one picture is ever given. */
const MOST = 384 * MIB;
const refuse = async (bytes: number): Promise<void> => {
  if (bytes > MOST) throw new Error(`asked for ${Math.round(bytes / MIB)} MiB`);
};

/** A JPEG that says it is larger than it is. */
function enlarged(jpeg: Buffer, side: number): Buffer {
  const bytes = Buffer.from(jpeg);
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc2]));
  bytes.writeUInt16BE(side, frame + 5);
  bytes.writeUInt16BE(side, frame + 7);
  return bytes;
}

describe('a small file that takes much memory', () => {
  it.each<[string, () => Promise<Buffer>]>([
    [
      'an interlaced PNG of 100 megapixels of 16 bits',
      async () => {
        const bytes = await deep(16, 16)
          .withMetadata({ orientation: 6 })
          .png({ progressive: true })
          .toBuffer();
        bytes.writeUInt32BE(10_000, 16);
        bytes.writeUInt32BE(10_000, 20);
        bytes.writeUInt32BE(0x9dd98ef2, 29);
        return bytes;
      },
    ],
    [
      'a progressive JPEG of 100 megapixels',
      async () =>
        enlarged(
          await plain(16, 16)
            .withMetadata({ orientation: 6 })
            .jpeg({ progressive: true, chromaSubsampling: '4:4:4' })
            .toBuffer(),
          10_000,
        ),
    ],
  ])('asks for it before anything is decoded: %s', async (_name, make) => {
    const started = performance.now();
    await expect(fitPicture(await make(), CLASSIFY, refuse)).rejects.toThrow(/^asked for \d{3,4} MiB$/u);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

it('gives a picture up that takes too long, with words of its own', async () => {
  const slow = () => noise(8_000, 8_000).timeout({ seconds: 1 }).png({ compressionLevel: 9 }).toBuffer();
  await expect(decoding('PNG', slow)).rejects.toMatchObject({
    code: 'ImageTooSlow',
    message: 'The PNG was not decoded within 60 seconds.',
    cause: expect.any(Error),
  });
});
