import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { fitPicture } from '../../src/pictures/fit.ts';
import { lookAt } from '../../src/pictures/look/look.ts';
import { bitmap, samples } from './files.ts';
import { CLASSIFY, noise, plain, TILES, verdict } from './painted.ts';

const run = promisify(execFile);
const fit = new URL('../../src/pictures/fit.ts', import.meta.url).href;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fit-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Fits one picture in a process of its own; tells which native libraries it loaded, or the code of its error. */
async function inOwnProcess(
  bytes: Buffer,
  ...nodeOptions: string[]
): Promise<{ native: string[]; code?: string }> {
  const file = join(folder, 'picture');
  await writeFile(file, bytes);
  const script = `
    const { readFileSync } = await import('node:fs');
    const { fitPicture } = await import(${JSON.stringify(fit)});
    let code;
    try { await fitPicture(readFileSync(${JSON.stringify(file)}), { task: 'detect', tiles: true }); }
    catch (error) { code = error.code; }
    const native = process.report.getReport().sharedObjects.filter((name) => /sharp|vips/.test(name));
    console.log(JSON.stringify({ native, code }));`;
  const { stdout } = await run(process.execPath, [...nodeOptions, '--input-type=module', '--eval', script]);
  return JSON.parse(stdout);
}

describe('a picture that Custom Vision takes as it is', () => {
  it('goes out byte for byte, small or moving ones too', async () => {
    const good = (await samples()).filter(({ title }) => title !== 'JPEG with metadata'); // that one is turned
    const dot = await plain(1, 1).gif().toBuffer();
    for (const { title, format, bytes, width, height } of [
      ...good,
      { title: '1-pixel GIF', format: 'gif', bytes: dot, width: 1, height: 1 },
    ]) {
      const { picture, sent, parts } = await fitPicture(bytes, TILES);
      const contentType = `image/${format}`;
      expect([title, picture]).toMatchObject([title, { contentType, bytes: bytes.length, width, height }]);
      expect(sent).toEqual({ steps: [], contentType, bytes: bytes.length, width, height });
      expect(parts).toEqual([{ bytes, box: { left: 0, top: 0, width: 1, height: 1 } }]);
      expect(parts[0]?.bytes).toBe(bytes);
    }
  });

  it('is decoded once before it goes, but for a bitmap, which needs no converter', async () => {
    expect((await inOwnProcess(await noise(64, 48).jpeg().toBuffer())).native.length).toBeGreaterThan(0);
    expect(await inOwnProcess(bitmap(64, 48))).toEqual({ native: [] });
  });

  const jpeg = (progressive: boolean) => noise(64, 48).jpeg({ progressive }).toBuffer();
  it.each<[string, () => Promise<Buffer>, (bytes: Buffer) => void]>([
    // its table of codes cannot be one
    [
      'JPEG',
      () => jpeg(false),
      (bytes) => bytes.fill(0xff, bytes.indexOf('ffc4', 'hex') + 5, bytes.indexOf('ffc4', 'hex') + 12),
    ],
    // a scan that refines what none has begun
    [
      'progressive JPEG',
      () => jpeg(true),
      (bytes) => bytes.set([0x3f, 0x3f], bytes.indexOf('ffda', 'hex') + 12),
    ],
    ['PNG', () => noise(64, 48).png().toBuffer(), (bytes) => bytes.writeUInt16BE(0xffd9, bytes.length >> 1)],
    // codes that none was given yet
    [
      'GIF',
      () => noise(64, 48).gif().toBuffer(),
      (bytes) => bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 40),
    ],
  ])('does not go where it is damaged inside and looks whole: %s', async (_name, make, damage) => {
    const bytes = await make();
    damage(bytes);
    expect((await lookAt(bytes)).ended).toBe(true);
    expect(await verdict(bytes)).toBe('ImageUndecodable');
  });

  it('goes by its structure where its decoding never has room', async () => {
    const bytes = await noise(64, 48).jpeg().toBuffer();
    const never = async () => {
      throw new KeylessError('ImageTooManyPixels', 'There is not so much memory.');
    };
    expect((await fitPicture(bytes, CLASSIFY, never)).sent.steps).toEqual([]);
    const turned = await noise(64, 48).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    await expect(fitPicture(turned, CLASSIFY, never)).rejects.toMatchObject({ code: 'ImageTooManyPixels' });
  });

  it('is scored where the converter is missing; one that needs it says what to install', async () => {
    const hook = `import { registerHooks } from 'node:module';
      registerHooks({ resolve(name, context, next) {
        if (name === 'sharp') throw new Error('Could not load the "sharp" module');
        return next(name, context);
      } });`;
    const withoutSharp = `--import=data:text/javascript,${encodeURIComponent(hook)}`;
    expect(await inOwnProcess(await plain(9, 9).png().toBuffer(), withoutSharp)).toEqual({ native: [] });
    expect(await inOwnProcess(await plain(9, 9).webp().toBuffer(), withoutSharp)).toEqual({
      native: [],
      code: 'ConverterMissing',
    });
  });

  it('is told apart from its like by its hash', async () => {
    const [one, other] = await Promise.all(
      ['red', 'blue'].map((colour) => plain(9, 9, colour).png().toBuffer()),
    );
    const hash = async (bytes: Buffer | undefined) =>
      (await fitPicture(bytes ?? Buffer.alloc(0), CLASSIFY)).picture.sha256;
    expect(await hash(one)).toMatch(/^[0-9a-f]{64}$/u);
    expect(await hash(one)).not.toBe(await hash(other));
  });
});
