import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { errorBook } from '../../src/errors/errors.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { dropFiles } from '../support/chromium.ts';
import { failedDocument, goodDocument } from '../support/uiDocuments.ts';
import { answerPredictions, cardOf, drawnFile, overlap, shownBoxes } from '../support/uiPage.ts';
import { eventually, useUi } from '../support/uiWindow.ts';

const ui = useUi();
const MARKUP = '<img src=x onerror=alert(1)>';

let basket: Awaited<ReturnType<typeof drawnFile>>;
let banana: Awaited<ReturnType<typeof drawnFile>>;
beforeAll(async () => {
  basket = await drawnFile('basket.jpg', 91_100_002, { count: 3 });
  banana = await drawnFile('banana.jpg', 91_100_003, { tagNames: ['banana'] });
});

describe('scoring pictures on the page', () => {
  it('draws the boxes of a dropped picture where the document and the drawing have them', async () => {
    const { page, complaints } = await ui.open();
    await page.getByLabel('Model', { exact: true }).selectOption('fruit-boxes');
    const answer = page.waitForResponse(/\/api\/predict\/fruit-boxes$/u);
    await dropFiles(page, [basket.file]);
    const [result] = ((await (await answer).json()) as PredictionDocument).results;
    const card = cardOf(page, 'basket.jpg');
    await eventually(() => card.locator('.box-line').count()).toBe(result?.accepted.length);
    const shown = await shownBoxes(card);
    expect(shown.length).toBeGreaterThan(0);
    result?.accepted.forEach(({ boundingBox }, index) => {
      for (const side of ['left', 'top', 'width', 'height'] as const) {
        expect(shown[index]?.[side]).toBeCloseTo(boundingBox?.[side] ?? Number.NaN, 1.8);
      }
    });
    for (const box of shown)
      expect(Math.max(...basket.boxes.map((drawn) => overlap(drawn, box)))).toBeGreaterThan(0.5);
    expect(complaints).toEqual([]);
  });

  it('lists the tags of a chosen picture, and the slider filters them without another call', async () => {
    const { page } = await ui.open();
    let calls = 0;
    await answerPredictions(page, () => {
      calls += 1;
      return undefined;
    });
    await page.locator('#files').setInputFiles([banana.file]);
    const card = cardOf(page, 'banana.jpg');
    await eventually(() => card.locator('.tag-list li').allTextContents()).toHaveLength(1);
    expect(await card.locator('.tag-name').textContent()).toBe('banana');
    await page.getByLabel('Threshold', { exact: true }).fill('0');
    expect(await card.locator('.tag-list li').count()).toBe(5);
    await page.getByLabel('Threshold', { exact: true }).press('End');
    await eventually(() => card.textContent()).toMatch(
      /No tag reaches 100\s%. The likeliest is banana with/u,
    );
    expect(calls).toBe(1);
  });

  it('lays the boxes over the upright picture where the camera was turned', async () => {
    const { page } = await ui.open();
    const lying = sharp({ create: { width: 400, height: 200, channels: 3, background: '#846' } });
    const buffer = await lying.withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const boundingBox = { left: 0.25, top: 0.1, width: 0.5, height: 0.2 };
    const [result] = goodDocument.results;
    const predictions = [{ tagName: 'apple', probability: 0.9, boundingBox }];
    await answerPredictions(page, () => ({
      json: { ...goodDocument, results: [{ ...result, predictions }] },
    }));
    await dropFiles(page, [{ name: 'turned.jpg', mimeType: 'image/jpeg', buffer }]);
    const card = cardOf(page, 'turned.jpg');
    await card.locator('.box-line').waitFor();
    const shown = await card.locator('.frame img').boundingBox();
    expect((shown?.height ?? 0) / (shown?.width ?? 1)).toBeCloseTo(2, 1);
    expect(overlap((await shownBoxes(card))[0] ?? boundingBox, boundingBox)).toBeGreaterThan(0.9);
  });

  it('takes a pasted picture', async () => {
    const { page } = await ui.open();
    await page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const event = new Event('paste', { bubbles: true, cancelable: true });
      Object.assign(event, {
        clipboardData: { files: [new File([bytes], 'shot.jpg', { type: 'image/jpeg' })] },
      });
      const { body } = Reflect.get(globalThis, 'document') as { body: EventTarget };
      body.dispatchEvent(event);
    }, banana.file.buffer.toString('base64'));
    await eventually(() => cardOf(page, 'shot.jpg').locator('.tag-name').allTextContents()).toEqual([
      'banana',
    ]);
  });

  it('shows a failure in words, with what to do, beside the picture it belongs to', async () => {
    const { page } = await ui.open();
    const text = { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture at all') };
    await dropFiles(page, [text, banana.file]);
    const failed = cardOf(page, 'notes.jpg');
    await eventually(() => failed.textContent()).toContain(errorBook.ImageTypeUnsupported.title);
    expect(await failed.textContent()).toMatch(/What to do: \S.+ImageTypeUnsupported · request \S/su);
    await eventually(() => cardOf(page, 'banana.jpg').locator('.tag-name').count()).toBe(1);
    expect(await cardOf(page, 'banana.jpg').locator('.problem').count()).toBe(0);
  });

  it('sends three pictures at a time at most, and all of them in the end', async () => {
    const { page } = await ui.open();
    let running = 0;
    let most = 0;
    await page.route(/\/api\/predict\//u, async (route) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(60);
      running -= 1;
      await route.continue();
    });
    const files = Array.from({ length: 8 }, (_, index) => ({ ...banana.file, name: `${index}.jpg` }));
    await dropFiles(page, files);
    await eventually(() => page.locator('.tag-list').count()).toBe(8);
    expect(most).toBe(3);
  });

  it('waits out a 429 with a countdown that is seen, and tries again', async () => {
    const { page } = await ui.open();
    await answerPredictions(page, (call) =>
      call === 1 ? { status: 429, headers: { 'retry-after': '2' }, body: '{}' } : undefined,
    );
    const started = performance.now();
    await dropFiles(page, [banana.file]);
    const card = cardOf(page, 'banana.jpg');
    await card.getByText(/Tries again in 2\ss/u).waitFor();
    await card.getByText(/Tries again in 1\ss/u).waitFor();
    await eventually(() => card.locator('.tag-name').allTextContents()).toEqual(['banana']);
    expect(performance.now() - started).toBeGreaterThanOrEqual(1_950);
  });

  it('gives the memory of every picture back, and forgets a removed one at once', async () => {
    const { page, complaints } = await ui.open({ key: false });
    await page.evaluate(() => {
      const held = new Set<string>();
      const { createObjectURL, revokeObjectURL } = URL;
      URL.createObjectURL = (blob) => {
        const address = createObjectURL.call(URL, blob);
        held.add(address);
        return address;
      };
      URL.revokeObjectURL = (address) => {
        held.delete(address);
        revokeObjectURL.call(URL, address);
      };
      Reflect.set(globalThis, 'held', held);
    });
    await dropFiles(page, [banana.file, { name: 'x.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('x') }]);
    await cardOf(page, 'x.jpg').getByText('No preview').waitFor();
    await eventually(() => page.evaluate(() => (Reflect.get(globalThis, 'held') as Set<string>).size)).toBe(
      0,
    );
    await page.getByRole('button', { name: 'Remove x.jpg' }).click();
    await page.getByRole('button', { name: 'Remove banana.jpg' }).click();
    expect(await page.locator('.card').count()).toBe(0);
    expect(await page.locator(':focus').getAttribute('id')).toBe('choose');
    expect(complaints).toEqual([]);
  });

  it('shows names and tags that look like markup as text, and runs nothing', async () => {
    const named = { ...goodDocument, image: { name: MARKUP } };
    const [result] = named.results;
    const tagged = {
      ...named,
      results: [{ ...result, predictions: [{ tagName: MARKUP, probability: 0.9 }] }],
    };
    const { page, complaints } = await ui.open({
      stored: {
        list: [{ name: MARKUP, status: 'failed', code: MARKUP, lastModified: MARKUP }],
        documents: {
          [MARKUP]: {
            ...failedDocument,
            error: { code: MARKUP, title: MARKUP, detail: MARKUP, fix: MARKUP },
          },
        },
      },
    });
    await answerPredictions(page, () => ({
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify(tagged),
    }));
    await dropFiles(page, [{ ...banana.file, name: MARKUP }]);
    await eventually(() => page.locator('.tag-name').allTextContents()).toEqual([MARKUP]);
    await page.locator('.document summary').first().click();
    await eventually(() => page.locator('.opened .problem-title').allTextContents()).toEqual([MARKUP]);
    expect(await page.locator('img').count()).toBe(1);
    expect(complaints).toEqual([]);
  });
});
