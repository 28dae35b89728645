import { expect } from 'vitest';
import { type Look, useChromium, type Window } from './chromium.ts';
import { useHost } from './journeys.ts';
import { giveKey, type Stored, storeDocuments } from './uiPage.ts';

export type Given = Look & {
  /** Documents that stand in for the app’s own. */
  stored?: Stored;
  /** False: nobody gives the key. */
  key?: boolean;
};

/** One app and one browser for a whole test file. */
export function useUi() {
  const app = useHost();
  const chromium = useChromium();
  return {
    get address(): string {
      return `${app.host.url}/api/ui`;
    },
    get stack() {
      return app.stack;
    },
    blank: chromium.blank,
    /** The page, with the key given; `asked` are the calls for stored documents so far. */
    async open({ stored, key = true, ...look }: Given = {}): Promise<Window & { asked: URL[] }> {
      const window = await chromium.blank(look);
      const asked = await storeDocuments(window.page, stored);
      await window.page.goto(this.address);
      if (key) await giveKey(window.page);
      return { ...window, asked };
    },
  };
}

export const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: 15_000, interval: 50 });
