import { expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import type { Host } from '../../local/host/start.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { fuzz, startFuzzedHost } from '../support/fuzzing.ts';
import { post, useStack } from '../support/journeys.ts';
import { MOST_MS } from '../support/sendRandom.ts';

const REQUESTS = 300;
const MOST_GROWTH_MB = 100;
const stack = useStack();

/** An answer with a problem and a status below 500, each time, soon; a longer run is `npm run fuzz`. */
it(`answers ${REQUESTS} random requests, and predicts as before`, async () => {
  const host: Host = await startFuzzedHost(stack.current);
  const seed = Date.now() % 1_000_000;
  const { counterexample, sent, statuses, slowestMs, growth, serverFailures } = await fuzz(
    stack.current,
    host,
    {
      requests: REQUESTS,
      seed,
    },
  );
  expect(counterexample).toBeUndefined();
  expect(sent).toBe(REQUESTS);
  // the requests reach both what is taken and what is refused
  for (const status of [200, 400, 404, 415]) expect([...statuses.keys()]).toContain(status);
  expect(slowestMs).toBeLessThan(MOST_MS);
  expect(serverFailures).toEqual([]);
  expect(growth).toBeLessThan(MOST_GROWTH_MB);

  const { jpeg } = await drawPicture(97_000_002, { tagNames: ['apple'] });
  const answer = await post(host, { body: new Uint8Array(jpeg) });
  expect(answer.status).toBe(200);
  const { results } = (await answer.json()) as PredictionDocument;
  expect(results[0]?.predictions[0]?.tagName).toBe('apple');
});
