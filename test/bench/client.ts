/**
 * What one prediction costs beside the service: our client, the SDK as shipped, and a client per call as samples have it,
 * against raw undici, all to the same stub server, in turns.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { PredictionAPIClient } from '@azure/cognitiveservices-customvision-prediction';
import { AzureIdentityCredentialAdapter } from '@azure/ms-rest-js';
import { Agent, request } from 'undici';
import type { ServiceModel } from '../../src/settings/settings.ts';
import { createPredictionClient, VISION_SCOPE } from '../../src/vision/client.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '1' } },
});
const rounds = Number(values.rounds);
const milliseconds = Number(values.seconds) * 1_000;

const stub = fork(new URL('./stubServer.ts', import.meta.url), { stdio: 'inherit' });
const [port] = (await once(stub, 'message')) as [number];
const endpoint = `http://127.0.0.1:${port}`;
const projectId = 'b6ee1f20-3a1f-4b8f-8a6e-0a2a6c3d7f11';
const picture = Buffer.alloc(100_000, 7);
const credential = {
  getToken: async () => ({ token: 'stub', expiresOnTimestamp: Date.now() + 3_600_000 }),
};
const signer = new AzureIdentityCredentialAdapter(credential, VISION_SCOPE);
const model: ServiceModel = {
  ...{ name: 'fruit', endpoint, projectId, publishedName: 'one', task: 'classify', store: false },
  ...{ rate: 1_000_000, paths: ['**'], threshold: 0.5, tiles: false },
};
const BUDGET = { total: 60_000, attempt: 15_000, firstWait: 250, queue: 10_000 };

const dispatcher = new Agent({ connections: 32, keepAliveTimeout: 60_000 });
const address = `${endpoint}/customvision/v3.1/prediction/${projectId}/classify/iterations/one/image/nostore`;
const ours = createPredictionClient(credential);
const shipped = new PredictionAPIClient(signer, endpoint);
const CALLERS: Record<string, () => Promise<unknown>> = {
  'raw undici': async () => {
    const headers = { authorization: 'Bearer stub', 'content-type': 'application/octet-stream' };
    const answer = await request(address, { method: 'POST', headers, body: picture, dispatcher });
    return answer.body.json();
  },
  ours: () => ours.predict(model, { bytes: picture }, BUDGET),
  'the SDK, one client': () => shipped.classifyImageWithNoStore(projectId, 'one', picture),
  'the SDK, a client per call': () =>
    new PredictionAPIClient(signer, endpoint).classifyImageWithNoStore(projectId, 'one', picture),
};

type Round = { rate: number; cpu: number; p99: number };

async function round(call: () => Promise<unknown>, atOnce: number): Promise<Round> {
  const times: number[] = [];
  const before = process.cpuUsage();
  const started = performance.now();
  const until = started + milliseconds;
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
  const p99 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
  return { rate, cpu: (user + system) / 1_000 / times.length, p99 };
}

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

for (const atOnce of [1, 8, 32]) {
  const taken: Record<string, Round[]> = Object.fromEntries(Object.keys(CALLERS).map((name) => [name, []]));
  for (let index = 0; index <= rounds; index += 1) {
    for (const [name, call] of Object.entries(CALLERS)) {
      const result = await round(call, atOnce);
      if (index > 0) taken[name]?.push(result); // the first compiles, and opens sockets
    }
  }
  const of = (name: string, what: keyof Round) => median((taken[name] ?? []).map((each) => each[what]));
  for (const name of Object.keys(CALLERS)) {
    const ratio = (what: keyof Round) => (of(name, what) / of('raw undici', what)).toFixed(2);
    console.log(
      `${atOnce} at once  ${name.padEnd(27)} ${of(name, 'rate').toFixed(0).padStart(5)}/s (${ratio('rate')} ×)  CPU ${of(name, 'cpu').toFixed(2)} ms (${ratio('cpu')} ×)  p99 ${of(name, 'p99').toFixed(1)} ms (${ratio('p99')} ×)`,
    );
  }
}
stub.disconnect();
await dispatcher.close();
process.exit();
