import { Refusal } from './refusal.ts';
import type { PredictionRoute } from './routes.ts';

export type Tier = 'F0' | 'S0';

/** Requests in a second; Infinity for no limit. */
export type Rate = {
  stored: number;
  unstored: number;
  /** That many more may pass after a second in which nothing did. */
  burst: number;
};

/** https://learn.microsoft.com/azure/ai-services/custom-vision-service/limits-and-quotas */
export const TIER_RATES: Record<Tier, Omit<Rate, 'burst'>> = {
  F0: { stored: 2, unstored: 2 },
  S0: { stored: 10, unstored: 20 },
};

/** As the gateway calls them. */
type Api = 'Prediction_3.1' | 'Training_3.3';

const WINDOW_MS = 1000;

export type RateLimit = {
  /** Throws a Refusal with Retry-After when there is no place for this request. */
  admit(route: Pick<PredictionRoute, 'operation' | 'stored'>): void;
  /** Forgets what was admitted. */
  clear(): void;
};

/**
 * A sliding window of one second for the operations that store and another for those that do not. Refused requests
 * do not count. `rate` is read at every request, so it may be changed at any time.
 */
export function createRateLimit(
  tier: Tier,
  rate: () => Rate,
  now: () => number,
  api: Api = 'Prediction_3.1',
): RateLimit {
  let windows = { stored: emptyWindow(), unstored: emptyWindow() };
  return {
    admit: ({ operation, stored }) => {
      const kind = stored ? 'stored' : 'unstored';
      const { [kind]: limit, burst } = rate();
      if (limit === Number.POSITIVE_INFINITY) return;
      const window = windows[kind];
      const time = now();
      const inWindow = (at: number) => at > time - WINDOW_MS;
      window.regular = window.regular.filter(inWindow);
      if (![...window.regular, ...window.burst].some(inWindow)) window.burst = [];
      if (window.regular.length < limit) window.regular.push(time);
      else if (window.burst.length < burst) window.burst.push(time);
      else throw tooMany(operation, api, tier, window.regular[0] ?? time, time);
    },
    clear: () => {
      windows = { stored: emptyWindow(), unstored: emptyWindow() };
    },
  };
}

/** The times of the requests let through: those of the last second, and those of the burst until it is free again. */
const emptyWindow = (): { regular: number[]; burst: number[] } => ({ regular: [], burst: [] });

function tooMany(operation: string, api: Api, tier: Tier, oldest: number, time: number): Refusal {
  const seconds = Math.max(1, Math.ceil((oldest + WINDOW_MS - time) / 1000));
  return new Refusal('429', {
    message:
      `Requests to the ${operation} Operation under Custom_Vision_${api} have exceeded rate limit of your ` +
      `current Custom_Vision.${api.split('_', 1)[0]} ${tier} pricing tier. Please retry after ${seconds} second${seconds > 1 ? 's' : ''}.` +
      (tier === 'F0' ? ' To increase your rate limit switch to a paid tier.' : ''),
    headers: { 'retry-after': String(seconds) },
  });
}
