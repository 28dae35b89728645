/** Posts a small picture every 200 ms, in a thread of its own: what else the proof does must not hold it up. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Agent, fetch } from 'undici';

export type Call = { status: number; milliseconds: number };

const { url, key } = workerData as { url: string; key: string };
const apple = new Uint8Array(
  readFileSync(new URL('../../local/samples/pictures/apple.jpg', import.meta.url)),
);
/** Each call on a socket of its own: one that idles might be closed just when it is used again. */
const dispatcher = new Agent({ pipelining: 0 });
const stopping = new AbortController();
parentPort?.once('message', () => stopping.abort());

async function call(): Promise<Call> {
  const started = performance.now();
  const headers = { 'content-type': 'image/jpeg', 'x-functions-key': key };
  const answer = await fetch(`${url}/api/predict/fruit`, {
    dispatcher,
    method: 'POST',
    headers,
    body: apple,
  });
  await answer.arrayBuffer();
  return { status: answer.status, milliseconds: performance.now() - started };
}

const calls: Promise<Call>[] = [];
while (!stopping.signal.aborted) {
  calls.push(call());
  await sleep(200, undefined, { signal: stopping.signal }).catch(() => {});
}
parentPort?.postMessage(await Promise.all(calls));
