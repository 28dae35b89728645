import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { drawPicture } from '../../local/drawing/picture.ts';
import { LOCAL_FUNCTION_KEY, type Stack, startStack } from '../../local/stack.ts';
import { createdEvent, deliverEvents } from '../support/eventGrid.ts';
import { count, createVerdict, poisoned } from './figures.ts';
import { checkPaid, isDown, threeModels } from './threeModels.ts';

const { values } = parseArgs({
  options: { pictures: { type: 'string', default: '2000' }, minutes: { type: 'string', default: '12' } },
});
const [pictures, minutes] = [Number(values.pictures), Number(values.minutes)];
/** From the first picture on. */
const MODEL_DOWN_MS = 30_000;
/** Calls a second the server takes, and how many more it forgives in any one second. */
const [RATE, BURST] = [20, 2];

// without a handler a signal ends the process before it can end its children
process.once('SIGINT', () => process.exit(130));
const started = performance.now();
const say = (text: string) =>
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
const stack = await startStack(threeModels());
try {
  await run(stack);
} finally {
  await stack.close();
}

async function run({ prediction, uploader, startHost }: Stack): Promise<void> {
  Object.assign(prediction.rate, { unstored: RATE, burst: BURST });
  // by events, as in Azure: scanning the container would keep the emulator busier than the pictures do
  const host = await startHost({ pollIntervalMs: 500, settings: { BLOB_TRIGGER_SOURCE: 'EventGrid' } });
  const drawn = await Promise.all(
    Array.from({ length: 50 }, (_, index) => drawPicture(81_000_000 + index, { size: 96 })),
  );
  const names = Array.from({ length: pictures }, (_, index) => `fruit/${String(index).padStart(5, '0')}.jpg`);
  const content = (index: number) =>
    Buffer.concat([drawn[index % drawn.length]?.jpeg ?? Buffer.alloc(0), Buffer.from(String(index))]);
  for (let at = 0; at < names.length; at += 50) {
    const batch = names.slice(at, at + 50);
    await Promise.all(batch.map((name, offset) => uploader.drop(name, content(at + offset))));
    const blobs = batch.map((name) => uploader.images.getBlobClient(name));
    const taken = await deliverEvents(host.url, await Promise.all(blobs.map(createdEvent)));
    if (taken !== 202) throw new Error(`The host answered ${taken} to the events.`);
  }
  say(`${pictures} pictures dropped; one HTTP call a second beside them`);

  isDown(stack, true);
  say('one of the three models is down');
  let upAgainAt = 0;
  const outage = sleep(MODEL_DOWN_MS).then(() => {
    isDown(stack, false);
    upAgainAt = Date.now();
    say('it answers again');
  });
  const stopping = new AbortController();
  const waits: number[] = [];
  const statuses = new Map<number, number>();
  const calls: Promise<void>[] = [];
  const calling = (async () => {
    while (!stopping.signal.aborted) {
      calls.push(call(host.url, content(calls.length), waits, statuses));
      await sleep(1_000, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();

  const deadline = performance.now() + minutes * 60_000;
  const done = () => prediction.count({ status: 200 }) - (statuses.get(200) ?? 0);
  const answers = 3 * pictures;
  while (done() < answers && performance.now() < deadline) {
    await sleep(10_000);
    say(
      `${done()} of ${answers} answers, ${prediction.count({ status: 429 })} calls over the rate, ${waits.length} HTTP answers`,
    );
  }
  await outage;
  stopping.abort();
  await calling;
  await Promise.all(calls);
  await sleep(3_000); // the last documents are being written
  const figures = await count(stack, names);
  const poison = await poisoned(stack);
  await host.stop();

  const verdict = createVerdict();
  const times = prediction.requests.map(({ at }) => at).toSorted((a, b) => a - b);
  const busiest = Math.max(
    ...times.map((at, index) => times.slice(index).findIndex((later) => later >= at + 1_000)),
  );
  // while the model is down, pictures wait for it and not for the rate
  const after = times.filter((at) => at > upAgainAt);
  const middle = after.slice(Math.floor(after.length * 0.1), Math.floor(after.length * 0.9));
  const used = ((middle.length - 1) * 1_000) / ((middle.at(-1) ?? 0) - (middle[0] ?? 0)) / RATE;
  const p95 = waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.95)] ?? 0;
  console.log();
  verdict.check(`current documents of ${pictures}`, figures.current, figures.current === pictures);
  verdict.check(
    'failed documents',
    `${figures.failed} ${JSON.stringify(figures.codes)}`,
    figures.failed === 0,
  );
  verdict.check('messages in the poison queue', poison, poison === 0);
  verdict.check(
    `HTTP answers, all of them 200`,
    JSON.stringify([...statuses]),
    [...statuses.keys()].every((status) => status === 200),
  );
  verdict.check('p95 of the HTTP calls, below 3 s', `${(p95 / 1000).toFixed(2)} s`, p95 < 3_000);
  verdict.check(`most calls in any second, at most ${RATE} + ${BURST}`, busiest, busiest <= RATE + BURST);
  checkPaid(stack, verdict, pictures, statuses.get(200));
  verdict.check(
    'share of the rate used after that, at least 90 %',
    `${(used * 100).toFixed(1)} %`,
    used >= 0.9,
  );
  verdict.finish();
}

async function call(
  url: string,
  picture: Buffer,
  waits: number[],
  statuses: Map<number, number>,
): Promise<void> {
  const at = performance.now();
  const answer = await fetch(`${url}/api/predict/fruit`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg', 'x-functions-key': LOCAL_FUNCTION_KEY },
    body: new Uint8Array(picture),
  });
  await answer.arrayBuffer();
  waits.push(performance.now() - at);
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
}
