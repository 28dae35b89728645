import { PredictionAPIClient } from '@azure/cognitiveservices-customvision-prediction';
import { AzureIdentityCredentialAdapter } from '@azure/ms-rest-js';
import { Agent, request } from 'undici';
import { createPredictionClient, VISION_SCOPE } from '../../src/vision/client.ts';
import { beside, inTurns, p99, sideBySide } from './inTurns.ts';
import { atLeast, atMost, type Row } from './row.ts';
import { credential, modelAt, PROJECT_ID, startStub } from './stub.ts';

const ROUNDS = 11;
const ROUND_MS = 800;
const BUDGET = { total: 60_000, attempt: 15_000, firstWait: 250, queue: 10_000 };

type Round = { rate: number; cpu: number; p99: number };

/** What one prediction costs beside the service, 100 KB each: ours, the SDK as shipped and as samples have it, raw undici. */
export async function measure(): Promise<Row[]> {
  const stub = await startStub();
  const callers = createCallers(stub.endpoint);
  const rows: Row[] = [];
  for (const atOnce of [1, 8, 32]) {
    const rounds = await inTurns(ROUNDS, {
      raw: () => round(callers.raw, atOnce),
      ours: () => round(callers.ours, atOnce),
      sdk: () => round(callers.sdk, atOnce),
      sample: () => round(callers.sample, atOnce),
    });
    rows.push(...rowsOf(rounds, atOnce));
  }
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

function rowsOf(rounds: readonly Record<keyof Callers, Round>[], atOnce: number): Row[] {
  const work = `one prediction, ${atOnce} at once`;
  const promised = atOnce > 1;
  const row = (
    against: string,
    than: keyof Callers,
    figure: keyof Round,
    words: string,
    ...shown: [digits?: number, unit?: string]
  ): Row & { ratio: number } => {
    const both = beside(
      rounds,
      ({ ours }) => ours[figure],
      (round) => round[than][figure],
    );
    return { work, against, ratio: both.ratio, result: sideBySide(both, ` ${words}`, ...shown) };
  };
  const ofRaw = row('raw undici', 'raw', 'rate', 'the calls a second');
  const cpu = row('raw undici', 'raw', 'cpu', 'the CPU', 2, ' ms');
  const late = row('raw undici', 'raw', 'p99', 'the p99', 1, ' ms');
  const ofSdk = row('the SDK, one client', 'sdk', 'rate', 'the calls a second');
  return [
    { ...ofRaw, ...(promised && atLeast(ofRaw.ratio, 0.6)) },
    { ...cpu, ...(promised && atMost(cpu.ratio, 1.6)) },
    { ...late, ...(promised && atMost(late.ratio, 2)) },
    { ...ofSdk, ...(promised && atLeast(ofSdk.ratio, 1.5)) },
    row('the SDK, a client a call', 'sample', 'rate', 'the calls a second'),
  ];
}
