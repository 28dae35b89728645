import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_MODELS } from '../../../local/models.ts';
import { screenshot, useChromium } from '../../support/chromium.ts';
import { keylessHere } from '../../support/inProcess.ts';
import { boxedOrchard, taggedOrchard } from './orchard.ts';

const [FRUIT = '', BOXES = ''] = [SAMPLE_MODELS.fruit, SAMPLE_MODELS['fruit-boxes']];
const HOSTILE = '<img src=x onerror=alert(1)>';
const chromium = useChromium();

let folder: string;
const pages: Record<string, string> = {};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evaluate-page-'));
  const [tagged, boxed] = [join(folder, 'tagged'), join(folder, 'boxed')];
  await Promise.all([taggedOrchard(tagged, 20), boxedOrchard(boxed, 12)]);
  renameSync(join(tagged, 'lemon'), join(tagged, HOSTILE)); // as a tag, and in the names of pictures
  const truth = join(boxed, 'coco.json');
  for (const [name, args] of Object.entries({
    tags: [FRUIT, tagged],
    boxes: [BOXES, boxed, '--truth', truth, '--threshold', '0.8'],
  })) {
    pages[name] = join(folder, `${name}.html`);
    const { code } = await keylessHere(['evaluate', ...args, '--html', pages[name]], {});
    expect(code).toBe(0);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const address = (name: string) => pathToFileURL(pages[name] ?? '').href;

describe('the page of evaluate', () => {
  it.each([
    ['tags', 'light', 1100],
    ['tags', 'dark', 360],
    ['boxes', 'dark', 1100],
    ['boxes', 'light', 360],
  ] as const)(
    'of %s in %s, %i pixels wide, is accessible, asks for nothing and stays within the window',
    async (name, colorScheme, width) => {
      const { page, complaints } = await chromium.blank({ colorScheme, width });
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(address(name));
      await screenshot(page, `evaluate-${name}-${colorScheme}-${width}`);
      expect({ asked, complaints }).toEqual({ asked: [address(name)], complaints: [] });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => {
        const { run } = Reflect.get(globalThis, 'axe') as typeof axe;
        return run();
      });
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    },
  );

  it('shows plots, tables and the wrong pictures, and takes names from outside as text', async () => {
    const { page } = await chromium.open(address('tags'));
    expect(await page.locator('figure.plot').count()).toBe(3);
    expect(await page.locator('img').count()).toBe(await page.locator('.gallery li').count());
    expect(await page.getByText(HOSTILE, { exact: true }).count()).toBeGreaterThan(0);
    expect(await page.locator('img[onerror]').count()).toBe(0);
    const loaded = await page.evaluate('[...document.images].every((image) => image.naturalWidth > 0)');
    expect(loaded).toBe(true);
  });
});
