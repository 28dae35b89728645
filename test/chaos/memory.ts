import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { Agent, fetch } from 'undici';
import type { Host } from '../../local/host/start.ts';
import { LOCAL_FUNCTION_KEY, startStack } from '../../local/stack.ts';
import { entryAt, startStub } from '../bench/stub.ts';
import { residentMemory } from '../support/hostMemory.ts';
import { phonePhotograph } from '../support/phonePictures.ts';
import { bombs } from './bombs.ts';
import { createVerdict } from './figures.ts';
import type { Call } from './smallCaller.ts';

const MOST_MB = 1_200;
const MOST_LOOP_MS = 50;
const MOST_CALLER_MS = 1_000;
const MIB = 1024 * 1024;
const apple = readFileSync(new URL('../../local/samples/pictures/apple.jpg', import.meta.url));
const probe = new URL('../support/loopDelay.ts', import.meta.url).href;
/** Each call on a socket of its own: one that idles might be closed just when it is used again. */
const dispatcher = new Agent({ pipelining: 0 });
const delayFile = join(tmpdir(), `keyless-loop-${process.pid}.json`);

// without a handler a signal ends the process before it can end its children
process.once('SIGINT', () => process.exit(130));
// a service in a process of its own, as it is in Azure: what this one does, uploading above all, must not hold up its answers
const stub = await startStub();
const VISION_MODELS = JSON.stringify({ fruit: { ...entryAt(stub.endpoint), paths: ['fruit/**'] } });
const stack = await startStack();
const verdict = createVerdict();
const grain: { bytes?: Promise<Buffer> } = {};
try {
  const drops = await Promise.all(Array.from({ length: 40 }, (_, index) => heavy(index)));
  await measure('40 drops of 32 MB', async () => {
    await Promise.all(drops.map((bytes, index) => stack.uploader.drop(`fruit/${index}.jpg`, bytes)));
    await documents(drops.length, 240_000);
    return 40;
  });
  await measure('60 drawings at once', async ({ url }) => {
    const drawn = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        get(`${url}/api/predictions/fruit/${index % 40}.jpg?format=svg`),
      ),
    );
    const statuses = new Set(drawn.map(({ status }) => status));
    verdict.check(
      'answers: drawn, or told to come back',
      [...statuses].join(', '),
      [...statuses].every((status) => status === 200 || status === 503),
    );
    return drawn.filter(({ status }) => status === 200).length;
  });
  const crafted = Object.entries(await bombs());
  await measure(`${crafted.length} crafted bombs at once`, async ({ url }) => {
    const answers = await Promise.all(crafted.map(([, bytes]) => post(url, bytes)));
    for (const [index, [what]] of crafted.entries()) {
      const { status, code = '' } = answers[index] ?? { status: 0 };
      verdict.check(`  ${what}`, `${status} ${code}`, status >= 200 && status !== 500);
    }
    return answers.length;
  });
  const { bytes: phone } = await phonePhotograph('apple');
  await measure('ten posts of 24 megapixels at once', async ({ url }) => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(url, phone)));
    return answers.filter(({ status }) => status === 200).length;
  });
} finally {
  stub.close();
  await stack.close();
  rmSync(delayFile, { force: true });
}
verdict.finish();

/** In a host of its own, beside a caller who posts a small picture every 200 ms. */
async function measure(what: string, work: (host: Host) => Promise<number>): Promise<void> {
  console.log(`\n${what}`);
  const host = await stack.startHost({
    settings: { VISION_MODELS, NODE_OPTIONS: `--import ${probe}`, LOOP_DELAY_FILE: delayFile },
  });
  await post(host.url, apple);
  await sleep(2_500);
  const caller = new Worker(new URL('./smallCaller.ts', import.meta.url), {
    workerData: { url: host.url, key: LOCAL_FUNCTION_KEY },
  });
  const answered = once(caller, 'message');
  const started = performance.now();
  const done = await work(host);
  const seconds = (performance.now() - started) / 1_000;
  caller.postMessage('stop');
  const [small] = (await answered) as [Call[]];
  const peak = residentMemory(host.processId, 'VmHWM');
  await host.stop();
  const delay = JSON.parse(readFileSync(delayFile, 'utf8')) as { p99: number; max: number };
  const times = small.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  const p95 = times[Math.floor(times.length * 0.95)] ?? Number.NaN;
  verdict.check('done, of all', `${done} in ${seconds.toFixed(1)} s`, done > 0);
  // undefined where there is no /proc: then nothing was measured, which is no success
  verdict.check(
    `peak of the host’s memory, below ${MOST_MB} MB`,
    peak?.toFixed(0) ?? 'not told',
    Number(peak) < MOST_MB,
  );
  verdict.check(
    `event loop held, p99 below ${MOST_LOOP_MS} ms (longest)`,
    `${delay.p99.toFixed(0)} (${delay.max.toFixed(0)})`,
    delay.p99 < MOST_LOOP_MS,
  );
  verdict.check(
    `small caller beside, p95 below ${MOST_CALLER_MS} ms, all 200`,
    `${p95.toFixed(0)} of ${small.length} calls`,
    p95 < MOST_CALLER_MS && small.every(({ status }) => status === 200),
  );
}

/** 32 MB: every other one in grain that no codec can squeeze, the rest a small picture with much behind it. */
async function heavy(index: number): Promise<Buffer> {
  if (index % 2 === 0) return Buffer.concat([apple, Buffer.alloc(31 * MIB), Buffer.from(String(index))]);
  grain.bytes ??= sharp({
    create: {
      width: 4_800,
      height: 3_600,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 120, sigma: 60 },
    },
  })
    .jpeg({ quality: 97 })
    .toBuffer();
  return Buffer.concat([await grain.bytes, Buffer.from(String(index))]);
}
async function documents(wanted: number, longestMs: number): Promise<void> {
  const deadline = performance.now() + longestMs;
  for (;;) {
    let found = 0;
    for await (const { name } of stack.uploader.predictions.listBlobsFlat()) if (name) found += 1;
    if (found >= wanted) return;
    if (performance.now() > deadline) throw new Error(`Only ${found} of ${wanted} documents came in time.`);
    await sleep(500);
  }
}

async function post(
  url: string,
  picture: Buffer,
): Promise<{ status: number; code?: string; milliseconds: number }> {
  const started = performance.now();
  const answer = await fetch(`${url}/api/predict/fruit`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'image/jpeg', 'x-functions-key': LOCAL_FUNCTION_KEY },
    body: new Uint8Array(picture),
  });
  const { code } = (await answer.json()) as { code?: string };
  return { status: answer.status, ...(code && { code }), milliseconds: performance.now() - started };
}

async function get(url: string): Promise<{ status: number }> {
  const answer = await fetch(url, { dispatcher, headers: { 'x-functions-key': LOCAL_FUNCTION_KEY } });
  await answer.arrayBuffer();
  return { status: answer.status };
}
