import { setTimeout as sleep } from 'node:timers/promises';
import axe from 'axe-core';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PredictionDocument } from '../../src/results/document.ts';
import { dropFiles, screenshot, useChromium } from '../support/chromium.ts';
import { useHost } from '../support/journeys.ts';
import {
  answerPredictions,
  cardOf,
  drawnFile,
  giveKey,
  type Listed,
  overlap,
  shownBoxes,
  storeDocuments,
} from '../support/uiPage.ts';

const app = useHost();
const chromium = useChromium();
const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: 15_000, interval: 50 });
const MARKUP = '<img src=x onerror=alert(1)>';

type Given = Parameters<typeof chromium.blank>[0] & {
  stored?: Parameters<typeof storeDocuments>[1];
  key?: boolean;
};

/** The page with the key given, stored documents standing in for the app’s. */
async function openPage({ stored, key = true, ...look }: Given = {}) {
  const window = await chromium.blank(look);
  const asked = await storeDocuments(window.page, stored);
  await window.page.goto(`${app.host.url}/api/ui`);
  if (key) await giveKey(window.page);
  return { ...window, asked };
}

const failedDocument = {
  status: 'failed',
  image: { name: 'boxes/torn.jpg' },
  results: [],
  error: {
    code: 'ImageTruncated',
    title: 'The picture is cut off',
    detail: 'The JPEG ends after 1,024 bytes.',
    fix: 'Upload the whole file again; compare its size with the original.',
  },
  completedAt: '2026-03-01T10:00:00.000Z',
};
const goodDocument = {
  status: 'succeeded',
  image: { name: 'boxes/tree 7 & #1.jpg', width: 320, height: 240 },
  results: [
    {
      model: 'fruit-boxes',
      publishedName: 'fruit-boxes',
      task: 'detect',
      threshold: 0.5,
      durationMs: 40,
      attempts: 1,
      predictions: [
        {
          tagName: 'apple',
          probability: 0.93,
          boundingBox: { left: 0.19, top: 0.2, width: 0.37, height: 0.54 },
        },
        {
          tagName: 'lemon',
          probability: 0.12,
          boundingBox: { left: 0.6, top: 0.2, width: 0.2, height: 0.3 },
        },
      ],
    },
  ],
  completedAt: '2026-03-01T10:00:00.000Z',
};
const list: Listed[] = [
  { name: 'boxes/torn.jpg', status: 'failed', code: 'ImageTruncated', lastModified: '2026-03-01T10:00:00Z' },
  { name: 'boxes/tree 7 & #1.jpg', status: 'succeeded', lastModified: '2026-03-01T10:01:00Z' },
  { name: 'fruit/apple.jpg', status: 'succeeded', lastModified: '2026-03-01T10:02:00Z' },
];
const documents = { 'boxes/torn.jpg': failedDocument, 'boxes/tree 7 & #1.jpg': goodDocument };

let basket: Awaited<ReturnType<typeof drawnFile>>;
let banana: Awaited<ReturnType<typeof drawnFile>>;
beforeAll(async () => {
  basket = await drawnFile('basket.jpg', 91_100_002, { count: 3 });
  banana = await drawnFile('banana.jpg', 91_100_003, { tagNames: ['banana'] });
});

describe('scoring pictures on the page', () => {
  it('draws the boxes of a dropped picture where the document and the drawing have them', async () => {
    const { page, complaints } = await openPage();
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
    const { page } = await openPage();
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
    const { page } = await openPage();
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
    const { page } = await openPage();
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
    const { page } = await openPage();
    const text = { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture at all') };
    await dropFiles(page, [text, banana.file]);
    const failed = cardOf(page, 'notes.jpg');
    await eventually(() => failed.textContent()).toContain('Not a picture type that Custom Vision reads');
    expect(await failed.textContent()).toMatch(
      /What to do: Convert the picture .+ImageTypeUnsupported · request /su,
    );
    await eventually(() => cardOf(page, 'banana.jpg').locator('.tag-name').count()).toBe(1);
    expect(await cardOf(page, 'banana.jpg').locator('.problem').count()).toBe(0);
  });

  it('sends three pictures at a time at most, and all of them in the end', async () => {
    const { page } = await openPage();
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
    const { page } = await openPage();
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
    const { page, complaints } = await openPage({ key: false });
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
    const { page, complaints } = await openPage({
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

describe('the page as it is served', () => {
  const addressOfMain = async (address: string) => {
    const html = await (await fetch(address)).text();
    return new URL(/<script type="module" src="([^"]+)"/u.exec(html)?.[1] ?? '', address);
  };

  it('and each of its files carry a policy that lets in nothing but this app’s own files', async () => {
    const address = `${app.host.url}/api/ui`;
    for (const part of [address, await addressOfMain(address)]) {
      const { status, headers } = await fetch(part);
      expect(status).toBe(200);
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'/u,
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    }
  });

  it('may be kept by browsers by its files, not by its page', async () => {
    const address = `${app.host.url}/api/ui`;
    const main = await addressOfMain(address);
    const caching = async (of: URL | string) => (await fetch(of)).headers.get('cache-control');
    expect(await caching(address)).toBe('no-store');
    expect(await caching(main)).toBe('public, max-age=31536000, immutable');
    expect(await caching(new URL('../of-before/main.js', main))).toBe('no-store');
  });

  it('finds its files with a slash at the end of its address too', async () => {
    expect((await fetch(await addressOfMain(`${app.host.url}/api/ui/`))).status).toBe(200);
  });

  it('has no other files', async () => {
    const answer = await fetch(new URL('./page.html', await addressOfMain(`${app.host.url}/api/ui`)));
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'NotFound' });
  });
});

describe('the key', () => {
  it('is asked for when the app wants one, again when it is wrong, and goes on with what waited', async () => {
    const { page } = await openPage({ key: false });
    await page.getByText('This app asks for a function key').waitFor();
    await dropFiles(page, [banana.file]);
    await cardOf(page, 'banana.jpg').getByText('Waits for the key').waitFor();
    await screenshot(page, 'key');
    await giveKey(page, 'wrong');
    await page.getByRole('alert').getByText('The app did not accept this key.').waitFor();
    await giveKey(page);
    await eventually(() => cardOf(page, 'banana.jpg').locator('.tag-name').allTextContents()).toEqual([
      'banana',
    ]);
    expect(await page.getByLabel('Function key', { exact: true }).isVisible()).toBe(false);
  });

  it('is refused where no key can look like that, before anything is sent', async () => {
    const { page, asked } = await openPage({ key: false });
    await page.getByText('This app asks for a function key').waitFor();
    const before = asked.length;
    await giveKey(page, 'schlüssel');
    await page.getByRole('alert').getByText('This is no function key').waitFor();
    expect(asked).toHaveLength(before);
  });

  it('is a token where the app takes tokens: the page says so, and sends it as one', async () => {
    const { page } = await chromium.blank();
    const sent: string[] = [];
    await page.route(/\/api\/predictions/u, (route) => {
      sent.push(route.request().headers().authorization ?? 'none');
      return sent.length > 1
        ? route.fulfill({ json: { predictions: [] } })
        : route.fulfill({ status: 401, json: { title: 'No token', code: 'TokenMissing' } });
    });
    await page.route(/\/api\/ui$/u, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('data-auth="key"', 'data-auth="entra"');
      return route.fulfill({ response, body });
    });
    await page.goto(`${app.host.url}/api/ui`);
    await page.getByText('This page signs nobody in.').waitFor();
    await page.getByLabel('Access token', { exact: true }).fill('aaa.bbb.ccc');
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByText('No documents yet').waitFor();
    expect(sent).toEqual(['none', 'Bearer aaa.bbb.ccc']);
  });

  it('is kept in no storage, no cookie and no address', async () => {
    const { page } = await openPage();
    await page.getByText('No documents yet').waitFor();
    const kept = await page.evaluate(() => {
      const read = (name: string) => JSON.stringify(Reflect.get(globalThis, name));
      const { cookie } = Reflect.get(globalThis, 'document') as { cookie: string };
      return { local: read('localStorage'), session: read('sessionStorage'), cookie };
    });
    expect(kept).toEqual({ local: '{}', session: '{}', cookie: '' });
    expect(page.url()).toBe(`${app.host.url}/api/ui`);
  });
});

describe('the documents of dropped pictures', () => {
  it('are listed, failed ones marked in words, and opened with their cause and fix', async () => {
    const { page } = await openPage({ stored: { list, documents } });
    const torn = page.locator('.document').filter({ hasText: 'boxes/torn.jpg' });
    await torn.getByText('failed: ImageTruncated').waitFor();
    await torn.locator('summary').first().press('Enter');
    await torn.getByText('The JPEG ends after 1,024 bytes.', { exact: true }).waitFor();
    await torn.locator('.fix').getByText('What to do: Upload the whole file again').waitFor();
  });

  it('are opened with their picture and tags, whatever signs their name has', async () => {
    const { page, complaints } = await openPage({ stored: { list, documents } });
    const tree = page.locator('.document').filter({ hasText: 'tree 7 & #1' });
    await tree.locator('summary').first().click();
    const image = page.getByRole('img', { name: 'boxes/tree 7 & #1.jpg with its boxes' });
    await eventually(() => image.evaluate((img) => Reflect.get(img, 'naturalWidth'))).toBe(320);
    expect(await tree.locator('.tag-name').allTextContents()).toEqual(['apple']);
    expect(complaints).toEqual([]);
  });

  it('are filtered by the beginning of their name, and a hint stands where none is left', async () => {
    const { page } = await openPage({ stored: { list } });
    await eventually(() => page.locator('.document').count()).toBe(3);
    await page.getByLabel('Names that begin with').fill('fruit/');
    await eventually(() => page.locator('.document-name').allTextContents()).toEqual(['fruit/apple.jpg']);
    await page.getByLabel('Names that begin with').fill('pears/');
    await page.getByText('No document’s name begins with pears/').waitFor();
  });

  it('come page by page behind More, which goes when there are no more', async () => {
    const { page } = await openPage({ stored: { list, pageSize: 2 } });
    await eventually(() => page.locator('.document').count()).toBe(2);
    await page.getByRole('button', { name: 'More' }).click();
    await eventually(() => page.locator('.document-name').allTextContents()).toEqual(
      list.map(({ name }) => name),
    );
    expect(await page.getByRole('button', { name: 'More' }).isVisible()).toBe(false);
  });
});

describe('everybody can use it', () => {
  /** The page with all that it can show: boxes, tags, a failure, the opened documents. */
  async function fullPage(look: { colorScheme?: 'light' | 'dark'; width?: number }) {
    const opened = await openPage({ ...look, stored: { list, documents, pageSize: 2 } });
    const { page } = opened;
    await page.getByLabel('Model', { exact: true }).selectOption('fruit-boxes');
    const torn = {
      name: 'a-very-long-name-without-any-space-as-cameras-and-scripts-like-to-give-them-20260301T100000.jpg',
      mimeType: 'image/jpeg',
      buffer: banana.file.buffer.subarray(0, 900),
    };
    await dropFiles(page, [basket.file, torn]);
    await cardOf(page, 'basket.jpg').locator('.box-line').first().waitFor();
    await page.locator('.problem-title').getByText('The picture is cut off').waitFor();
    await page.getByLabel('Model', { exact: true }).selectOption('fruit');
    await dropFiles(page, [banana.file]);
    await cardOf(page, 'banana.jpg').locator('.tag-name').first().waitFor();
    for (const summary of await page.locator('.document > summary').all()) await summary.click();
    await page.locator('.opened .tag-name').first().waitFor();
    return opened;
  }

  it.each(['light', 'dark'] as const)('in %s, with no serious finding of axe', async (colorScheme) => {
    const { page, complaints } = await fullPage({ colorScheme });
    await screenshot(page, colorScheme);
    await page.evaluate(axe.source);
    const findings = await page.evaluate(async () => {
      const { run } = Reflect.get(globalThis, 'axe') as typeof axe;
      const { violations } = await run();
      return violations.map(
        ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html).join(' | ')}`,
      );
    });
    expect(findings.filter((finding) => /^(?:serious|critical)/u.test(finding))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('on a phone of 375 pixels, with nothing to scroll sideways and targets for a finger', async () => {
    const { page } = await fullPage({ width: 375 });
    await screenshot(page, 'phone');
    const width = await page.locator('html').evaluate((root) => Reflect.get(root, 'scrollWidth'));
    expect(width).toBe(375);
    for (const target of await page.locator('button:visible, select:visible, summary:visible').all()) {
      expect((await target.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    }
  });

  it('by the keyboard alone, with the focus to be seen', async () => {
    const { page } = await openPage({ stored: { list, documents } });
    await eventually(() => page.locator(':focus').getAttribute('id')).toBe('choose');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('id')).toBe('model');
    const outline = await page.locator(':focus').evaluate((element) => {
      const style = Reflect.get(globalThis, 'getComputedStyle') as (of: unknown) => { outlineWidth: string };
      return style(element).outlineWidth;
    });
    expect(outline).toBe('3px');
  });

  it('by ear: results are told as they come', async () => {
    const { page } = await openPage();
    await dropFiles(page, [banana.file]);
    await eventually(() => page.getByRole('log').textContent()).toMatch(/banana\.jpg: banana \d+\.\d\s%/u);
  });
});
