import { mkdir } from 'node:fs/promises';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SCREENSHOTS = new URL('../../coverage/screenshots/', import.meta.url).pathname;

export type Look = { colorScheme?: 'light' | 'dark'; width?: number; height?: number };
export type Window = {
  page: Page;
  /** What the browser complained of: script errors, refusals by the content security policy; not answers of 4xx. */
  complaints: string[];
};

/** Debian’s Chromium, for a whole test file; each window is a person of its own. */
export function useChromium(): {
  open(address: string, look?: Look): Promise<Window>;
  blank(look?: Look): Promise<Window>;
} {
  let browser: Browser | undefined;
  const people: BrowserContext[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: ARGUMENTS,
    });
  });
  afterEach(async () => {
    await Promise.all(people.splice(0).map((person) => person.close()));
  });
  afterAll(() => browser?.close());

  async function blank({ colorScheme = 'light', width = 1100, height = 900 }: Look = {}): Promise<Window> {
    if (!browser) throw new Error('The browser is there from beforeAll on.');
    const context = await browser.newContext({
      colorScheme,
      viewport: { width, height },
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    people.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const complaints: string[] = [];
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !text.startsWith('Failed to load resource')) complaints.push(text);
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    return { page, complaints };
  }

  return {
    blank,
    async open(address, look) {
      const window = await blank(look);
      await window.page.goto(address);
      return window;
    },
  };
}

/** For people to look at: coverage/screenshots/<name>.png. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.locator('html').evaluate((root) => {
    (root as { scrollTop: number }).scrollTop = 0;
  });
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true });
}

/** A file as Playwright hands it to an input or a drop. */
export type GivenFile = { name: string; mimeType: string; buffer: Buffer };

/** Drops files onto the page as a person does from the desktop. */
export async function dropFiles(
  page: Page,
  files: readonly GivenFile[],
  selector = '#drop-zone',
): Promise<void> {
  const given = files.map(({ name, mimeType, buffer }) => ({
    name,
    mimeType,
    base64: buffer.toString('base64'),
  }));
  const transfer = await page.evaluateHandle((list) => {
    const Transfer = Reflect.get(globalThis, 'DataTransfer') as new () => {
      items: { add(file: File): void };
    };
    const made = new Transfer();
    for (const { name, mimeType, base64 } of list) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      made.items.add(new File([bytes], name, { type: mimeType }));
    }
    return made;
  }, given);
  await page.dispatchEvent(selector, 'dragover', { dataTransfer: transfer });
  await page.dispatchEvent(selector, 'drop', { dataTransfer: transfer });
}
