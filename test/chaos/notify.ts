import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { drawPicture } from '../../local/drawing/picture.ts';
import type { Host } from '../../local/host/start.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { fromMetadata } from '../../src/storage/mark.ts';
import { listOutboxes } from '../../src/storage/outboxes.ts';
import { eventId } from '../../src/storage/told.ts';
import { createdEvent, deliverEvents } from '../support/eventGrid.ts';
import { createVerdict } from './figures.ts';

const { values } = parseArgs({
  options: {
    pictures: { type: 'string', default: '1000' },
    hosts: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    minutes: { type: 'string', default: '60' },
    timed: { type: 'string', default: '150' },
    'kill-every': { type: 'string', default: '6' },
    verbose: { type: 'boolean', default: false },
  },
});
const [pictures, hosts, seed, minutes, timed] = [
  values.pictures,
  values.hosts,
  values.seed,
  values.minutes,
  values.timed,
].map(Number) as [number, number, number, number, number];
const KILL_EVERY_MS = Number(values['kill-every']) * 1_000;
/** Of the targets’ answers; of mail one in four is accepted by an answer that breaks off besides. */
const FAULTS = { '429': 0.1, '503': 0.1, '500': 0.04, reset: 0.06 };

process.once('SIGINT', () => process.exit(130));
const started = performance.now();
const say = (text: string) =>
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
console.log(`chaos:notify: seed ${seed}, ${pictures} pictures, ${hosts} hosts`);
const verdict = createVerdict();
const stack = await startStack({
  notify: (to) => [
    { when: { paths: ['fruit/**'] }, to: to.api },
    { when: { paths: ['fruit/**'] }, to: to.topic },
    { when: { paths: ['fruit/**'] }, to: to.mail, period: 'PT1M' },
  ],
  modelSettings: { fruit: { rate: 1_000 } },
});
try {
  Object.assign(stack.prediction.rate, { unstored: 1_000 });
  if (timed > 0) await compareTimes(stack);
  await chaos(stack);
  verdict.finish();
} finally {
  await stack.close();
}

async function content(count: number): Promise<(index: number) => Buffer> {
  const drawn = await Promise.all(
    Array.from({ length: 40 }, (_, index) => drawPicture(82_000_000 + seed + index, { size: 96 })),
  );
  return (index) =>
    Buffer.concat([drawn[index % drawn.length]?.jpeg ?? Buffer.alloc(0), Buffer.from(`${count}/${index}`)]);
}

/** Predictions with and without targets, in turns, so that the machine’s own speed is in both. */
async function compareTimes({ uploader, startHost, targets }: Stack): Promise<void> {
  for (const each of [targets?.api, targets?.topic]) each?.faults.rates(FAULTS, seed);
  const took: Record<'without' | 'with', number[]> = { without: [], with: [] };
  const bytes = await content(0);
  for (const round of [1, 2]) {
    for (const kind of ['without', 'with'] as const) {
      const host = await startHost({
        pollIntervalMs: 200,
        settings: { BLOB_TRIGGER_SOURCE: 'EventGrid', ...(kind === 'without' && { NOTIFY: '' }) },
      });
      const dropped = new Map<string, number>();
      for (let index = 0; index < timed; index += 1) {
        const name = `fruit/timed-${kind}-${round}/${index}.jpg`;
        await uploader.drop(name, bytes(index));
        dropped.set(name, Date.now());
        await deliverEvents(host.url, [await createdEvent(uploader.images.getBlobClient(name))]);
        await sleep(250);
      }
      for (const [name, at] of dropped) {
        const { completedAt } = await documentOf(uploader, name);
        took[kind].push(Date.parse(completedAt) - at);
      }
      await host.stop();
    }
  }
  const p95 = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;
  const [without, withTargets] = [p95(took.without), p95(took.with)];
  verdict.check(
    `p95 of predictions with targets (30 % faults), at most 1.2 × ${without} ms without`,
    `${withTargets} ms (${(withTargets / without).toFixed(2)} ×)`,
    withTargets <= 1.2 * without,
  );
  targets?.reset();
}

async function documentOf(uploader: Stack['uploader'], name: string): Promise<PredictionDocument> {
  for (;;) {
    const text = await uploader.document(name);
    if (text) return JSON.parse(text) as PredictionDocument;
    await sleep(100);
  }
}

async function chaos({ uploader, startHost, targets, identity }: Stack): Promise<void> {
  if (!targets) return;
  for (const each of [targets.api, targets.topic, targets.mail]) each.faults.rates(FAULTS, seed);
  targets.mail.brokenEvery = 4;
  const host = () =>
    startHost({
      pollIntervalMs: 200,
      visibilitySeconds: 20,
      settings: { RECONCILE_SCHEDULE: '0 * * * * *' },
      ...(values.verbose && {
        onLog: ({ level, message }) => level !== 'information' && console.log(message.slice(0, 300)),
      }),
    });
  const running: Host[] = await Promise.all(Array.from({ length: hosts }, host));
  const stopping = new AbortController();
  let kills = 0;
  const killing = (async () => {
    for (let turn = 0; !stopping.signal.aborted; turn += 1) {
      await sleep(KILL_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      running[turn % hosts]?.kill();
      kills += 1;
      // a busy machine may take longer to start one than anybody waits
      running[turn % hosts] = await host().catch(host);
    }
  })();
  const bytes = await content(1);
  const names = Array.from({ length: pictures }, (_, index) => `fruit/${String(index).padStart(5, '0')}.jpg`);
  for (let at = 0; at < names.length; at += 50) {
    await Promise.all(
      names.slice(at, at + 50).map((name, offset) => uploader.drop(name, bytes(at + offset))),
    );
  }
  say(`${pictures} pictures dropped`);
  const own = new Set(names);
  const deadline = performance.now() + minutes * 60_000;
  let counts = new Map<string, number>();
  for (;;) {
    await sleep(5_000);
    counts = new Map();
    for await (const { name, outbox } of listOutboxes(uploader.predictions)) {
      if (!own.has(name)) continue;
      for (const { state } of outbox) counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    say(
      `${JSON.stringify(Object.fromEntries(counts))} of ${3 * pictures}; ${targets.mail.mails.length} mails; ${kills} kills`,
    );
    if (counts.get('told') === 3 * pictures || performance.now() > deadline) break;
  }
  stopping.abort();
  await killing;
  await Promise.all(running.map((each) => each.stop()));

  const ids = new Map<string, string>();
  for await (const { name, metadata } of uploader.predictions.listBlobsFlat({ includeMetadata: true })) {
    const mark = fromMetadata(metadata);
    if (mark && own.has(name.slice(0, -5))) ids.set(eventId(name.slice(0, -5), mark), name.slice(0, -5));
  }
  const lost = (told: ReadonlySet<string>) => [...ids.keys()].filter((id) => !told.has(id)).length;
  const foreign = (told: ReadonlySet<string>) => [...told].filter((id) => !ids.has(id)).length;
  const api = new Set(targets.api.told.keys());
  const topic = new Set(targets.topic.events.map(({ id }) => id));
  const again = [...targets.api.told.values()].filter(({ times }) => times > 1).length;
  const mailed = targets.mail.mails
    .flatMap(({ text }) => [...text.matchAll(/^- (\S+)/gmu)].map(([, name = '']) => name))
    .filter((name) => own.has(name));
  const times = targets.mail.requests.filter(({ method }) => method === 'POST').map(({ at }) => at);
  const most = (ms: number) =>
    Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + ms).length));
  console.log();
  verdict.check('hosts killed', kills, kills > 0);
  verdict.check(
    'faults shown',
    JSON.stringify([targets.api, targets.topic, targets.mail].map(({ faults }) => faults.injected)),
    true,
  );
  verdict.check(`documents of ${pictures}`, ids.size, ids.size === pictures);
  verdict.check(
    'lost: API, topic, mail',
    `${lost(api)}, ${lost(topic)}, ${pictures - new Set(mailed).size}`,
    lost(api) + lost(topic) === 0 && new Set(mailed).size === pictures,
  );
  verdict.check('ids of no document: API, topic', `${foreign(api)}, ${foreign(topic)}`, true);
  verdict.check('events that came again by the same id (a host died between answer and note)', again, true);
  verdict.check(
    'doubled mails by Operation-Id',
    0,
    new Set(targets.mail.mails.map(({ operationId }) => operationId)).size === targets.mail.mails.length,
  );
  verdict.check(
    'mails, and pictures named in two of them',
    `${targets.mail.mails.length}, ${mailed.length - new Set(mailed).size}`,
    mailed.length === new Set(mailed).size,
  );
  verdict.check('tries of mail in any minute, at most 5', most(60_000), most(60_000) <= 5);
  verdict.check('tries of mail in any hour, at most 10', most(3_600_000), most(3_600_000) <= 10);
  verdict.check(
    'tokens of the app',
    JSON.stringify(
      [
        'https://cognitiveservices.azure.com',
        'https://storage.azure.com',
        'https://eventgrid.azure.net',
        'https://communication.azure.com/',
      ].map((each) => identity.count(each, 'app')),
    ),
    true,
  );
}
