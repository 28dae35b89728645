import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { LOCAL_FUNCTION_KEY } from '../../local/stack.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { dropFiles } from '../support/chromium.ts';
import { documentOf } from '../support/journeys.ts';
import { cardOf, giveKey } from '../support/uiPage.ts';
import { useUi } from '../support/uiWindow.ts';

/** UPDATE_IMAGES=1 npm run test:page writes them anew. */
const UPDATE = process.env.UPDATE_IMAGES === '1';
const MOST_BYTES = 60_000;
const ROOT = new URL('../../', import.meta.url);
const FOLDER = new URL('docs/images/', ROOT);
const PICTURES = new URL('local/samples/pictures/', ROOT);
const SHOWN = { width: 1_000, quality: 80 };

const ui = useUi();
const sample = async (name: string) => ({
  name,
  mimeType: 'image/jpeg',
  buffer: await readFile(new URL(name, PICTURES)),
});

async function keep(name: string, image: Buffer | string): Promise<void> {
  if (!UPDATE) return;
  await mkdir(FOLDER, { recursive: true });
  await writeFile(new URL(name, FOLDER), image);
}

describe('the images of the README', () => {
  it('page.webp: the page with a scored picture', async () => {
    const { page } = await ui.blank({ height: 1_020 });
    // the one thing that differs from run to run
    await page.route(/\/api\/predict\//u, async (route) => {
      const response = await route.fetch();
      const document = (await response.json()) as PredictionDocument;
      const results = document.results.map((result) => ({ ...result, durationMs: 31, attempts: 1 }));
      await route.fulfill({ response, json: { ...document, results } });
    });
    await page.goto(ui.address);
    await giveKey(page);
    await page.getByLabel('Model', { exact: true }).selectOption('fruit-boxes');
    await dropFiles(page, [await sample('basket.jpg')]);
    await cardOf(page, 'basket.jpg').locator('.box-line').first().waitFor();
    const shot = await page.screenshot();
    await keep(
      'page.webp',
      await sharp(shot).resize(SHOWN.width).webp({ quality: SHOWN.quality }).toBuffer(),
    );
  });

  it('boxed.svg: what GET /api/predictions/{name}?format=svg answers', async () => {
    const { buffer } = await sample('basket.jpg');
    await ui.stack.uploader.drop('boxes/basket.jpg', buffer);
    await documentOf(ui.stack, 'boxes/basket.jpg');
    const answer = await fetch(`${ui.address}/../predictions/boxes/basket.jpg?format=svg`, {
      headers: { 'x-functions-key': LOCAL_FUNCTION_KEY },
    });
    const svg = await answer.text();
    await keep('boxed.svg', svg);
    expect(await readFile(new URL('boxed.svg', FOLDER), 'utf8')).toBe(svg);
  });

  it.each(['page.webp', 'boxed.svg'])('%s is shown there, and small', async (name) => {
    expect(await readFile(new URL('README.md', ROOT), 'utf8')).toContain(`src="docs/images/${name}"`);
    expect((await stat(new URL(name, FOLDER))).size).toBeLessThan(MOST_BYTES);
  });
});
