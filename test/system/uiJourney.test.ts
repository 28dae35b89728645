import { beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { screenshot, useChromium } from '../support/chromium.ts';
import { documentOf, useHost } from '../support/journeys.ts';
import { giveKey } from '../support/uiPage.ts';

const app = useHost();
const chromium = useChromium();
const names = { good: 'boxes/tree 7 & #1 ü.jpg', torn: 'boxes/torn.jpg' };

beforeAll(async () => {
  const { jpeg } = await drawPicture(91_100_002, { count: 3 });
  await app.stack.uploader.drop(names.good, jpeg);
  await app.stack.uploader.drop(names.torn, jpeg.subarray(0, 900));
  for (const name of Object.values(names)) await documentOf(app.stack, name);
});

describe('dropped pictures on the page, with the app’s own routes', () => {
  it('are listed with how they ended, and opened with their boxes and with what to do', async () => {
    const { page, complaints } = await chromium.open(`${app.host.url}/api/ui`);
    await giveKey(page);
    const row = (name: string) => page.locator('.document').filter({ hasText: name });
    await row(names.torn).getByText('failed: ImageTruncated').waitFor();
    await row(names.torn).locator('summary').first().click();
    await row(names.torn).locator('.fix').getByText('Upload the whole file').waitFor();

    await row(names.good).locator('summary').first().click();
    const image = page.getByRole('img', { name: `${names.good} with its boxes` });
    await expect
      .poll(() => image.evaluate((img) => Reflect.get(img, 'naturalWidth')), { timeout: 15_000 })
      .toBeGreaterThan(0);
    const { results } = await documentOf(app.stack, names.good);
    const tags = results[0]?.accepted.map(({ tagName }) => tagName).toSorted();
    expect((await row(names.good).locator('.tag-name').allTextContents()).toSorted()).toEqual(tags);
    await screenshot(page, 'journey');

    await page.getByLabel('Names that begin with').fill('boxes/tree');
    await expect
      .poll(() => page.locator('.document-name').allTextContents(), { timeout: 15_000 })
      .toEqual([names.good]);
    expect(complaints).toEqual([]);
  });
});
