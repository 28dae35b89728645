import type { ServiceModel } from '../../src/settings/settings.ts';
import { createPredictionClient } from '../../src/vision/client.ts';
import { atLeast, type Row } from './row.ts';
import { credential, modelAt, startStub } from './stub.ts';

const RATE = 20;
const SECONDS = 5;
const BUDGET = { total: 60_000, attempt: 15_000, firstWait: 250, queue: 60_000 };

/** How much more a model is asked with copies in other accounts, each of 20 calls a second. */
export async function measure(): Promise<Row[]> {
  const stubs = await Promise.all([1, 2, 3, 4].map(startStub));
  const endpoints = stubs.map(({ endpoint }) => endpoint);
  const one = await perSecond(endpoints.slice(0, 1));
  const rows: Row[] = [];
  for (const [accounts, least] of [
    [2, 1.9],
    [4, 3.7],
  ] as const) {
    const several = await perSecond(endpoints.slice(0, accounts));
    const ratio = several / one;
    rows.push({
      ...{ work: `${accounts} accounts of ${RATE}/s each`, against: 'one', ratio },
      result: `${ratio.toFixed(2)} × the calls a second (${several.toFixed(1)} to ${one.toFixed(1)})`,
      ...atLeast(ratio, least),
    });
  }
  for (const stub of stubs) stub.close();
  return rows;
}

async function perSecond([endpoint = '', ...others]: string[]): Promise<number> {
  const own = modelAt(endpoint);
  const { projectId, publishedName, task } = own;
  const model: ServiceModel = {
    ...own,
    rate: RATE,
    copies: others.map((each) => ({ endpoint: each, projectId, publishedName, task })),
  };
  const client = createPredictionClient(credential);
  const image = { bytes: Buffer.alloc(10_000, 7) };
  const times: number[] = [];
  const until = performance.now() + SECONDS * 1_000;
  await Promise.all(
    Array.from({ length: 4 * (others.length + 1) }, async () => {
      while (performance.now() < until) {
        await client.predict(model, image, BUDGET);
        times.push(performance.now());
      }
    }),
  );
  return (times.length - 1) / (((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000);
}
