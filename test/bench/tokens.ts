import { createTokenCache } from '../../src/identity/tokenCache.ts';
import { atMost, type Row } from './row.ts';

const AUDIENCES = ['cognitiveservices', 'storage', 'api', 'eventgrid', 'communication'].map(
  (name) => `https://${name}.example/.default`,
);
const CALLS = 10_000;
const HOURS = 72;
const LIFE_MS = 24 * 3_600_000;
const RENEW_AHEAD_MS = 5 * 60_000;

/** How many tokens are asked for over three days of calls, in bursts, to every audience; each token lives for one. */
export async function measure(): Promise<Row[]> {
  let now = 0;
  let asked = 0;
  const source = {
    async getToken() {
      asked += 1;
      await new Promise(setImmediate); // others of the burst come meanwhile
      return { token: `token ${asked}`, expiresOnTimestamp: now + LIFE_MS };
    },
  };
  const cache = createTokenCache(source, () => now);
  const burst = 50;
  for (let call = 0; call < CALLS; call += burst) {
    now = (call / CALLS) * HOURS * 3_600_000;
    await Promise.all(
      Array.from({ length: burst }, (_, index) => cache.getToken(AUDIENCES[index % AUDIENCES.length] ?? '')),
    );
    await new Promise(setImmediate);
  }
  // a token is renewed at the first burst after its time; nobody can ask for fewer and always have a good one
  const step = (burst / CALLS) * HOURS * 3_600_000;
  const each = Math.ceil(
    ((CALLS / burst - 1) * step) / (Math.ceil((LIFE_MS - RENEW_AHEAD_MS) / step) * step),
  );
  const least = each * AUDIENCES.length;
  return [
    {
      ...{
        work: `tokens for ${CALLS.toLocaleString('en')} calls over ${HOURS} h`,
        against: 'the fewest possible',
      },
      result: `${asked} asked for, ${least} at least`,
      ratio: asked / least,
      ...atMost(asked / least, 1),
    },
  ];
}
