import axe from 'axe-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { errorBook } from '../../src/errors/errors.ts';
import { dropFiles, type Look, screenshot } from '../support/chromium.ts';
import { documents, list } from '../support/uiDocuments.ts';
import { cardOf, drawnFile, giveKey } from '../support/uiPage.ts';
import { eventually, useUi } from '../support/uiWindow.ts';

const ui = useUi();

let basket: Awaited<ReturnType<typeof drawnFile>>;
let banana: Awaited<ReturnType<typeof drawnFile>>;
beforeAll(async () => {
  basket = await drawnFile('basket.jpg', 91_100_002, { count: 3 });
  banana = await drawnFile('banana.jpg', 91_100_003, { tagNames: ['banana'] });
});

describe('the page as it is served', () => {
  const addressOfMain = async (address: string) => {
    const html = await (await fetch(address)).text();
    return new URL(/<script type="module" src="([^"]+)"/u.exec(html)?.[1] ?? '', address);
  };

  it('and each of its files carry a policy that lets in nothing but this app’s own files', async () => {
    const address = ui.address;
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
    const address = ui.address;
    const main = await addressOfMain(address);
    const caching = async (of: URL | string) => (await fetch(of)).headers.get('cache-control');
    expect(await caching(address)).toBe('no-store');
    expect(await caching(main)).toBe('public, max-age=31536000, immutable');
    expect(await caching(new URL('../of-before/main.js', main))).toBe('no-store');
  });

  it('finds its files with a slash at the end of its address too', async () => {
    expect((await fetch(await addressOfMain(`${ui.address}/`))).status).toBe(200);
  });

  it('has no other files', async () => {
    const answer = await fetch(new URL('./page.html', await addressOfMain(ui.address)));
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'NotFound' });
  });
});

describe('the page before the key is given', () => {
  it('tells nothing of the app, not even the names of its models', async () => {
    const html = await (await fetch(ui.address)).text();
    expect(html).not.toContain('fruit');
    const { page } = await ui.open({ key: false });
    await page.getByText('This app asks for a function key').waitFor();
    const field = page.getByLabel('Model', { exact: true });
    expect([await field.isVisible(), await page.locator('#model option').count()]).toEqual([false, 0]);
    await giveKey(page);
    await eventually(() => page.locator('#model option').allTextContents()).toEqual(['fruit', 'fruit-boxes']);
  });
});

describe('the key', () => {
  it('is asked for when the app wants one, again when it is wrong, and goes on with what waited', async () => {
    const { page } = await ui.open({ key: false });
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
    const { page, asked } = await ui.open({ key: false });
    await page.getByText('This app asks for a function key').waitFor();
    const before = asked.length;
    await giveKey(page, 'schlüssel');
    await page.getByRole('alert').getByText('This is no function key').waitFor();
    expect(asked).toHaveLength(before);
  });

  it('is a token where the app takes tokens: the page says so, and sends it as one', async () => {
    const { page } = await ui.blank();
    const sent: string[] = [];
    await page.route(/\/api\/predictions/u, (route) => {
      sent.push(route.request().headers().authorization ?? 'none');
      return sent.length > 1
        ? route.fulfill({ json: { predictions: [] } })
        : route.fulfill({ status: 401, json: { title: 'No token', code: 'TokenMissing' } });
    });
    await page.route(/\/api\/models$/u, (route) =>
      route.request().headers().authorization
        ? route.fulfill({ json: { models: [] } })
        : route.fulfill({ status: 401, json: { title: 'No token', code: 'TokenMissing' } }),
    );
    await page.route(/\/api\/ui$/u, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('data-auth="key"', 'data-auth="entra"');
      return route.fulfill({ response, body });
    });
    await page.goto(ui.address);
    await page.getByText('This page signs nobody in.').waitFor();
    await page.getByLabel('Access token', { exact: true }).fill('aaa.bbb.ccc');
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByText('No documents yet').waitFor();
    expect(sent).toEqual(['none', 'Bearer aaa.bbb.ccc']);
  });

  it('is kept in no storage, no cookie and no address', async () => {
    const { page } = await ui.open();
    await page.getByText('No documents yet').waitFor();
    const kept = await page.evaluate(() => {
      const read = (name: string) => JSON.stringify(Reflect.get(globalThis, name));
      const { cookie } = Reflect.get(globalThis, 'document') as { cookie: string };
      return { local: read('localStorage'), session: read('sessionStorage'), cookie };
    });
    expect(kept).toEqual({ local: '{}', session: '{}', cookie: '' });
    expect(page.url()).toBe(ui.address);
  });
});

describe('the documents of dropped pictures', () => {
  it('are listed, failed ones marked in words, and opened with their cause and fix', async () => {
    const { page } = await ui.open({ stored: { list, documents } });
    const torn = page.locator('.document').filter({ hasText: 'boxes/torn.jpg' });
    await torn.getByText('failed: ImageTruncated').waitFor();
    await torn.locator('summary').first().press('Enter');
    await torn.getByText('The JPEG ends after 1,024 bytes.', { exact: true }).waitFor();
    await torn.locator('.fix').getByText('What to do: Upload the whole file again').waitFor();
  });

  it('are opened with their picture and tags, whatever signs their name has', async () => {
    const { page, complaints } = await ui.open({ stored: { list, documents } });
    const tree = page.locator('.document').filter({ hasText: 'tree 7 & #1' });
    await tree.locator('summary').first().click();
    const image = page.getByRole('img', { name: 'boxes/tree 7 & #1.jpg with its boxes' });
    await eventually(() => image.evaluate((img) => Reflect.get(img, 'naturalWidth'))).toBe(320);
    expect(await tree.locator('.tag-name').allTextContents()).toEqual(['apple']);
    expect(complaints).toEqual([]);
  });

  it('are filtered by the beginning of their name, and a hint stands where none is left', async () => {
    const { page } = await ui.open({ stored: { list } });
    await eventually(() => page.locator('.document').count()).toBe(3);
    await page.getByLabel('Names that begin with').fill('fruit/');
    await eventually(() => page.locator('.document-name').allTextContents()).toEqual(['fruit/apple.jpg']);
    await page.getByLabel('Names that begin with').fill('pears/');
    await page.getByText('No document’s name begins with pears/').waitFor();
  });

  it('come page by page behind More, which goes when there are no more', async () => {
    const { page } = await ui.open({ stored: { list, pageSize: 2 } });
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
  async function fullPage(look: Look) {
    const opened = await ui.open({ ...look, stored: { list, documents, pageSize: 2 } });
    const { page } = opened;
    await page.getByLabel('Model', { exact: true }).selectOption('fruit-boxes');
    const torn = {
      name: 'a-very-long-name-without-any-space-as-cameras-and-scripts-like-to-give-them-20260301T100000.jpg',
      mimeType: 'image/jpeg',
      buffer: banana.file.buffer.subarray(0, 900),
    };
    await dropFiles(page, [basket.file, torn]);
    await cardOf(page, 'basket.jpg').locator('.box-line').first().waitFor();
    await page.locator('.problem-title').getByText(errorBook.ImageTruncated.title).waitFor();
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
    const { page } = await ui.open({ stored: { list, documents } });
    await eventually(() => page.locator(':focus').getAttribute('id')).toBe('choose');
    await page.getByLabel('Model', { exact: true }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('id')).toBe('model');
    const outline = await page.locator(':focus').evaluate((element) => {
      const style = Reflect.get(globalThis, 'getComputedStyle') as (of: unknown) => { outlineWidth: string };
      return style(element).outlineWidth;
    });
    expect(outline).toBe('3px');
  });

  it('by ear: results are told as they come', async () => {
    const { page } = await ui.open();
    await dropFiles(page, [banana.file]);
    await eventually(() => page.getByRole('log').textContent()).toMatch(/banana\.jpg: banana \d+\.\d\s%/u);
  });
});
