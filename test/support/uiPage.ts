import type { Locator, Page, Route } from 'playwright-core';
import { drawPicture } from '../../local/drawing/picture.ts';
import type { SceneOptions } from '../../local/drawing/scene.ts';
import { LOCAL_FUNCTION_KEY } from '../../local/stack.ts';
import type { BoundingBox } from '../../src/ui/browser/contract.d.ts';
import type { GivenFile } from './chromium.ts';

export type Listed = { name: string; status: 'succeeded' | 'failed'; code?: string; lastModified: string };
export type Stored = { list?: Listed[]; documents?: Record<string, unknown>; pageSize?: number };

const json = (route: Route, body: unknown, status = 200) =>
  route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) });

/** Answers the routes of stored documents in place of the app, with its order, its prefix, its cursor and its key. */
export async function storeDocuments(page: Page, { list = [], documents = {}, pageSize = 50 }: Stored = {}) {
  const asked: URL[] = [];
  await page.route(/\/api\/predictions(?:[/?]|$)/u, (route) => {
    const url = new URL(route.request().url());
    asked.push(url);
    if (route.request().headers()['x-functions-key'] !== LOCAL_FUNCTION_KEY)
      return route.fulfill({ status: 401 });
    const name = decodeURIComponent(url.pathname.split('/api/predictions/')[1] ?? '');
    if (!name) {
      const named = list.filter((entry) => entry.name.startsWith(url.searchParams.get('prefix') ?? ''));
      const from = Number(url.searchParams.get('cursor') ?? 0);
      const next = from + pageSize;
      const predictions = named.slice(from, next);
      return json(route, { predictions, ...(next < named.length && { cursor: String(next) }) });
    }
    if (url.searchParams.get('format') === 'svg') {
      const body =
        '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240" fill="#8a6"/><rect x="60" y="50" width="120" height="130" fill="none" stroke="#fff" stroke-width="4"/></svg>';
      return route.fulfill({ status: 200, contentType: 'image/svg+xml', body });
    }
    return json(route, documents[name] ?? {}, documents[name] ? 200 : 404);
  });
  return asked;
}

/** Answers one picture in place of the app, as often as it is asked; undefined lets the app answer. */
export async function answerPredictions(
  page: Page,
  answer: (call: number) => Parameters<Route['fulfill']>[0] | undefined | Promise<undefined>,
): Promise<void> {
  let calls = 0;
  await page.route(/\/api\/predict(?:\/|$)/u, async (route) => {
    calls += 1;
    const given = await answer(calls);
    return given ? route.fulfill(given) : route.continue();
  });
}

/** A drawn picture as a file, and what is truly in it. */
export async function drawnFile(name: string, seed: number, options: Partial<SceneOptions> = {}) {
  const { jpeg, boxes } = await drawPicture(seed, options);
  const file: GivenFile = { name, mimeType: 'image/jpeg', buffer: jpeg };
  return { file, boxes };
}

export async function giveKey(page: Page, key = LOCAL_FUNCTION_KEY): Promise<void> {
  await page.getByLabel('Function key', { exact: true }).fill(key);
  await page.getByRole('button', { name: 'Use it' }).click();
}

export const cardOf = (page: Page, name: string): Locator => page.getByRole('article', { name, exact: true });

/** Where the boxes lie over the picture on the screen, as fractions of the picture. */
export async function shownBoxes(card: Locator): Promise<BoundingBox[]> {
  const picture = await card.locator('.frame img').boundingBox();
  if (!picture) throw new Error('The picture is not shown.');
  const outlines = await card.locator('.box-line').all();
  return Promise.all(
    outlines.map(async (outline) => {
      const box = await outline.boundingBox();
      if (!box) throw new Error('A box is not shown.');
      return {
        left: (box.x - picture.x) / picture.width,
        top: (box.y - picture.y) / picture.height,
        width: box.width / picture.width,
        height: box.height / picture.height,
      };
    }),
  );
}

/** Common area over joint area; 1 where two boxes are the same. */
export function overlap(a: BoundingBox, b: BoundingBox): number {
  const side = (from: number, length: number, other: number, otherLength: number) =>
    Math.max(0, Math.min(from + length, other + otherLength) - Math.max(from, other));
  const common = side(a.left, a.width, b.left, b.width) * side(a.top, a.height, b.top, b.height);
  return common / (a.width * a.height + b.width * b.height - common);
}
