import { MOST_TILES } from '../pictures/tiles.ts';
import { type Calls, callsOf } from '../scoring/selection.ts';
import type { Model } from '../settings/settings.ts';
import { askFirst } from './ask.ts';
import { PRICE } from './commands/arguments.ts';

export type Cost = { pictures: number; calls: Calls };

/** Of so many pictures that go to each of these models. */
export function costOf(models: readonly Model[], pictures: number): Cost {
  const { least, most } = callsOf(models);
  return { pictures, calls: { least: least * pictures, most: most * pictures } };
}

/** `3 pictures, 4 paid calls, about 0.01 at 2 per 1,000`; from … to … where a model takes tiles, which nobody can count unseen. */
export function costText({ pictures, calls: { least, most } }: Cost, price: number): string {
  const range = (from: string, to: string) => (least === most ? from : `${from} to ${to}`);
  const money = (calls: number) => ((calls / 1000) * price).toFixed(2);
  const calls = range(String(least), String(most));
  const why =
    least === most ? '' : `; a picture that has to be shrunk takes up to ${MOST_TILES} more for its tiles`;
  return `${pictures} pictures, ${calls} paid calls, about ${range(money(least), money(most))} at ${price} per 1,000${why}.`;
}

/** Whoever names some pictures knows what they take; a folder or a pattern may hold thousands. */
const ASK_ABOVE = 100;

/** Tells the cost and asks where named pictures take more than 100 calls. Resolves as `askFirst` does. */
export async function askAboveSome(
  cost: Cost,
  yes: boolean | undefined,
  signal: AbortSignal,
): Promise<undefined | 1 | 130> {
  if (cost.calls.most <= ASK_ABOVE) return undefined;
  console.error(costText(cost, PRICE));
  return askFirst({ ...SCORE_THEM, yes, signal });
}

export const SCORE_THEM = { question: 'Score them?', otherwise: 'Nothing was paid.' } as const;
