import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyless-fonts-'));
  await writeFile(
    join(folder, 'fonts.conf'),
    `<?xml version="1.0"?><fontconfig><dir>${folder}</dir></fontconfig>`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const SCRIPT = `
  const { default: sharp } = await import('sharp');
  const { drawAnnotations } = await import('./src/pictures/drawing/drawing.ts');
  const bytes = await sharp({ create: { width: 480, height: 480, channels: 3, background: 'red' } }).png().toBuffer();
  const drawn = async (caption) => (await drawAnnotations(bytes, { boxes: [], captions: [caption] }, 'png')).body.toString('base64');
  const [narrow, wide] = [await drawn('iiiii'), await drawn('WWWWW')];
  process.stdout.write(JSON.stringify({ same: narrow === wide }));
`;

it('writes words that differ even on a machine without fonts, as small containers are', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', '--input-type=module', '--eval', SCRIPT],
    { env: { ...process.env, FONTCONFIG_FILE: join(folder, 'fonts.conf') } },
  );
  expect(JSON.parse(stdout)).toEqual({ same: false });
});
