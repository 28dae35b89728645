import { setTimeout as sleep } from 'node:timers/promises';
import { drawPicture } from '../../local/drawing/picture.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { createdEvent, deliverEvents } from '../support/eventGrid.ts';
import { beside, inTurns } from './inTurns.ts';
import type { Row } from './row.ts';

const HOSTS = { one: 1, two: 2, four: 4 } as const;
const ROUNDS = 3;
const PICTURES = 200;
/** Of an account, a second; one call more may fall into a second by the way it is counted. */
const [RATE, BURST] = [20, 2];
const UNLIMITED = { stored: Number.POSITIVE_INFINITY, unstored: Number.POSITIVE_INFINITY };
const LONGEST_MS = 90_000;

/** Drops, told to one, two and four hosts: first as fast as they can, then with an account of 20 calls a second. */
export async function measure(): Promise<Row[]> {
  const unlimited = (hosts: number) => run(hosts, 1_000).then(({ perSecond }) => perSecond);
  const rounds = await inTurns(ROUNDS, {
    one: () => unlimited(1),
    two: () => unlimited(2),
    four: () => unlimited(4),
  });
  const rows = (['one', 'two', 'four'] as const).map((name): Row => {
    const { ratio, took: perSecond } = beside(
      rounds,
      (round) => round[name],
      ({ one }) => one,
    );
    return {
      ...{ work: `drops to ${named(HOSTS[name])}, no limit`, against: 'one host', ratio },
      result: `${ratio.toFixed(2)} × (${perSecond.toFixed(1)} a second)`,
    };
  });
  for (const hosts of Object.values(HOSTS)) {
    const { used, busiest } = await run(hosts, RATE / hosts, RATE);
    rows.push({
      ...{ work: `drops to ${named(hosts)}, ${RATE}/s`, against: 'the limit', ratio: used },
      result: `${(used * 100).toFixed(1)} % of it used, ${busiest} calls in the busiest second`,
      met: used >= 0.95 && busiest <= RATE + BURST,
      mark: `≥ 95 %, never over`,
    });
  }
  return rows;
}

const named = (hosts: number) => `${hosts} host${hosts > 1 ? 's' : ''}`;

async function run(hosts: number, ratePerHost: number, limit?: number) {
  const stack = await startStack({ modelSettings: { fruit: { rate: ratePerHost } } });
  try {
    Object.assign(stack.prediction.rate, limit ? { unstored: limit, burst: BURST } : UNLIMITED);
    await drop(stack, hosts);
    return figures(
      stack.prediction.requests.map(({ at }) => at),
      limit ?? 1,
    );
  } finally {
    await stack.close();
  }
}

async function drop({ uploader, prediction, startHost }: Stack, hosts: number): Promise<void> {
  const settings = { BLOB_TRIGGER_SOURCE: 'EventGrid' };
  const started = await Promise.all(Array.from({ length: hosts }, () => startHost({ settings })));
  const drawn = await Promise.all(
    Array.from({ length: 20 }, (_, index) => drawPicture(83_000_000 + index, { size: 96 })),
  );
  const names = Array.from({ length: PICTURES }, (_, index) => `fruit/${index}.jpg`);
  await Promise.all(
    names.map((name, index) =>
      uploader.drop(
        name,
        Buffer.concat([drawn[index % 20]?.jpeg ?? Buffer.alloc(0), Buffer.from(String(index))]),
      ),
    ),
  );
  const events = await Promise.all(names.map((name) => createdEvent(uploader.images.getBlobClient(name))));
  await Promise.all(
    started.map((host, at) =>
      deliverEvents(
        host.url,
        events.filter((_, index) => index % hosts === at),
      ),
    ),
  );
  const deadline = performance.now() + LONGEST_MS;
  while (prediction.count({ status: 200 }) < PICTURES) {
    if (performance.now() > deadline)
      throw new Error(`${prediction.count({ status: 200 })} of ${PICTURES} in time.`);
    await sleep(200);
  }
  await Promise.all(started.map((host) => host.stop()));
}

/** Of the calls in the middle: hosts begin and end one after the other. */
function figures(at: readonly number[], limit: number) {
  const times = at.toSorted((a, b) => a - b);
  const middle = times.slice(Math.floor(times.length * 0.1), Math.ceil(times.length * 0.9));
  const perSecond = ((middle.length - 1) * 1_000) / ((middle.at(-1) ?? 0) - (middle[0] ?? 0));
  const busiest = Math.max(
    ...times.map((time, index) => times.slice(index).filter((later) => later < time + 1_000).length),
  );
  return { perSecond, used: perSecond / limit, busiest };
}
