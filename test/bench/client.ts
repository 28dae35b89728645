import { PredictionAPIClient } from '@azure/cognitiveservices-customvision-prediction';
import { AzureIdentityCredentialAdapter } from '@azure/ms-rest-js';
import { Agent, request } from 'undici';
import { createPredictionClient, VISION_SCOPE } from '../../src/vision/client.ts';
import { atLeast, atMost, median, p99, type Row } from './row.ts';
import { credential, modelAt, PROJECT_ID, startStub } from './stub.ts';

const ROUNDS = 5;
const ROUND_MS = 1_000;
const BUDGET = { total: 60_000, attempt: 15_000, firstWait: 250, queue: 10_000 };

type Round = { rate: number; cpu: number; p99: number };

/** What one prediction costs beside the service, 100 KB each: ours, the SDK as shipped and as samples have it, raw undici. */
export async function measure(): Promise<Row[]> {
  const stub = await startStub();
  const callers = createCallers(stub.endpoint);
  const rows: Row[] = [];
  for (const atOnce of [1, 8, 32]) rows.push(...rowsOf(await inTurns(callers, atOnce), atOnce));
  stub.close();
  return rows;
}

type Callers = Record<'raw' | 'ours' | 'sdk' | 'sample', () => Promise<unknown>>;

function createCallers(endpoint: string): Callers {
  const picture = Buffer.alloc(100_000, 7);
  const signer = new AzureIdentityCredentialAdapter(credential, VISION_SCOPE);
  const model = modelAt(endpoint);
  const dispatcher = new Agent({ connections: 32, keepAliveTimeout: 60_000 });
  const address = `${endpoint}/customvision/v3.1/prediction/${PROJECT_ID}/classify/iterations/one/image/nostore`;
  const headers = { authorization: 'Bearer stub', 'content-type': 'application/octet-stream' };
  const client = createPredictionClient(credential);
  const shipped = new PredictionAPIClient(signer, endpoint);
  return {
    raw: async () =>
      (await request(address, { method: 'POST', headers, body: picture, dispatcher })).body.json(),
    ours: () => client.predict(model, { bytes: picture }, BUDGET),
    sdk: () => shipped.classifyImageWithNoStore(PROJECT_ID, 'one', picture),
    sample: () =>
      new PredictionAPIClient(signer, endpoint).classifyImageWithNoStore(PROJECT_ID, 'one', picture),
  };
}

async function inTurns(callers: Callers, atOnce: number): Promise<Record<keyof Callers, Round>> {
  const names = Object.keys(callers) as (keyof Callers)[];
  const taken = names.map((): Round[] => []);
  for (let index = 0; index <= ROUNDS; index += 1) {
    for (const [at, name] of names.entries()) {
      const result = await round(callers[name], atOnce);
      if (index > 0) taken[at]?.push(result); // the first compiles, and opens sockets
    }
  }
  const middle = (rounds: Round[]): Round => ({
    rate: median(rounds.map(({ rate }) => rate)),
    cpu: median(rounds.map(({ cpu }) => cpu)),
    p99: median(rounds.map((each) => each.p99)),
  });
  return Object.fromEntries(names.map((name, at) => [name, middle(taken[at] ?? [])])) as Record<
    keyof Callers,
    Round
  >;
}

async function round(call: () => Promise<unknown>, atOnce: number): Promise<Round> {
  const times: number[] = [];
  const before = process.cpuUsage();
  const started = performance.now();
  const until = started + ROUND_MS;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let begun = performance.now(); begun < until; begun = performance.now()) {
        await call();
        times.push(performance.now() - begun);
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  const rate = times.length / ((performance.now() - started) / 1_000);
  return { rate, cpu: (user + system) / 1_000 / times.length, p99: p99(times) };
}

function rowsOf({ raw, ours, sdk, sample }: Record<keyof Callers, Round>, atOnce: number): Row[] {
  const work = `one prediction, ${atOnce} at once`;
  const promised = atOnce > 1;
  const times = (ratio: number) => `${ratio.toFixed(2)} ×`;
  const rates = (a: Round, b: Round) =>
    `${times(a.rate / b.rate)} the calls a second (${a.rate.toFixed(0)} to ${b.rate.toFixed(0)})`;
  const ofRaw = ours.rate / raw.rate;
  const ofSdk = ours.rate / sdk.rate;
  const cpu = ours.cpu / raw.cpu;
  const late = ours.p99 / raw.p99;
  return [
    {
      ...{ work, against: 'raw undici', result: rates(ours, raw), ratio: ofRaw },
      ...(promised && atLeast(ofRaw, 0.6)),
    },
    {
      ...{ work, against: 'raw undici', ratio: cpu },
      result: `${times(cpu)} the CPU (${ours.cpu.toFixed(2)} to ${raw.cpu.toFixed(2)} ms)`,
      ...(promised && atMost(cpu, 1.6)),
    },
    {
      ...{ work, against: 'raw undici', ratio: late },
      result: `${times(late)} the p99 (${ours.p99.toFixed(1)} to ${raw.p99.toFixed(1)} ms)`,
      ...(promised && atMost(late, 2)),
    },
    {
      ...{ work, against: 'the SDK, one client', result: rates(ours, sdk), ratio: ofSdk },
      ...(promised && atLeast(ofSdk, 1.5)),
    },
    {
      ...{ work, against: 'the SDK, a client a call', result: rates(ours, sample) },
      ratio: ours.rate / sample.rate,
    },
  ];
}
