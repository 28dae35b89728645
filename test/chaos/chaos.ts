import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { drawPicture } from '../../local/drawing/picture.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { count, createVerdict, poisoned } from './figures.ts';
import { checkPaid, isDown, threeModels } from './threeModels.ts';

const { values } = parseArgs({
  options: {
    pictures: { type: 'string', default: '1000' },
    hosts: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    verbose: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '12' },
  },
});
const [pictures, hosts, seed, minutes] = [values.pictures, values.hosts, values.seed, values.minutes].map(
  Number,
) as [number, number, number, number];
/** One in ten is overwritten while it is on its way. */
const OVERWRITTEN = Math.floor(pictures / 10);
/** With three models a picture is three times as many calls, a fifth of which pause the account: hosts live as many as before. */
const KILL_EVERY_MS = 15_000;
const IDENTITY_DOWN_MS = 10_000;
const MODEL_DOWN_MS = 40_000;
const SERVER_FAULTS = { '429': 0.2, '500': 0.05, hang: 0.02, reset: 0.02 };

console.log(
  `chaos: seed ${seed} (again with: npm run chaos -- --seed ${seed}), ${pictures} pictures, ${hosts} hosts`,
);

// without a handler a signal ends the process before it can end its children
process.once('SIGINT', () => process.exit(130));
const started = performance.now();
const say = (text: string) =>
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
const stack = await startStack(threeModels(20 / hosts));
try {
  await run(stack);
} finally {
  await stack.close();
}

async function run({ prediction, identity, uploader, startHost }: Stack): Promise<void> {
  prediction.faults.rates(SERVER_FAULTS, seed);
  const host = () =>
    startHost({
      pollIntervalMs: 200,
      visibilitySeconds: 20,
      ...(values.verbose && {
        onLog: ({ level, message }) => level !== 'information' && console.log(message.slice(0, 300)),
      }),
    });
  const running = await Promise.all(Array.from({ length: hosts }, host));
  const stopping = new AbortController();
  let kills = 0;

  const killing = (async () => {
    for (let turn = 0; !stopping.signal.aborted; turn += 1) {
      await sleep(KILL_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      const victim = turn % hosts;
      running[victim]?.kill();
      kills += 1;
      running[victim] = await host();
    }
  })();

  const names = Array.from({ length: pictures }, (_, index) => `fruit/${String(index).padStart(5, '0')}.jpg`);
  const jpegs = await Promise.all(
    Array.from({ length: 50 }, (_, index) => drawPicture(80_000_000 + seed + index, { size: 96 })),
  );
  // bytes of its own for each: a marker behind the picture, as cameras leave it
  const content = (index: number, version: number) =>
    Buffer.concat([jpegs[index % jpegs.length]?.jpeg ?? Buffer.alloc(0), Buffer.from(`${index}/${version}`)]);

  for (let at = 0; at < names.length; at += 50) {
    await Promise.all(
      names.slice(at, at + 50).map((name, offset) => uploader.drop(name, content(at + offset, 1))),
    );
  }
  say(`${pictures} pictures dropped`);
  const outage = (async () => {
    isDown(stack, true);
    say('one of the three models is down');
    await sleep(15_000);
    identity.faults.always(500);
    say('the identity endpoint fails');
    await sleep(IDENTITY_DOWN_MS);
    identity.faults.always(undefined);
    say('the identity endpoint answers again');
    await sleep(MODEL_DOWN_MS - 15_000 - IDENTITY_DOWN_MS);
    isDown(stack, false);
    say('the model answers again');
  })();
  await sleep(3_000);
  for (let index = 0; index < OVERWRITTEN; index += 1) {
    const victim = (index * 10 + seed) % pictures;
    await uploader.drop(names[victim] ?? '', content(victim, 2));
  }
  say(`${OVERWRITTEN} of them overwritten`);

  const deadline = performance.now() + minutes * 60_000;
  let figures = await count(stack, names);
  while (figures.current < pictures && performance.now() < deadline) {
    await sleep(2_000);
    figures = await count(stack, names);
    say(
      `${figures.current} current, ${figures.lost} without document, ${figures.stale} of older content, ${figures.failed} failed; ${kills} kills`,
    );
  }
  await outage;
  stopping.abort();
  await killing;
  await Promise.all(running.map((each) => each.stop()));
  report(figures, kills, await poisoned(stack));
}

function report(figures: Awaited<ReturnType<typeof count>>, kills: number, poison: number): void {
  const { prediction } = stack;
  const contents = pictures + OVERWRITTEN;
  const paid = prediction.count();
  const injected = Object.values(prediction.faults.injected).reduce((sum, each) => sum + each, 0);
  const failedByServer = injected + prediction.count({ code: 'ErrorPredictionServiceUnavailable' });
  const limit = Math.floor(3 * 1.05 * contents) + failedByServer;
  const verdict = createVerdict();
  console.log();
  verdict.check('hosts killed and started again', kills, kills > 0);
  verdict.check(
    'faults shown by the prediction server',
    JSON.stringify(prediction.faults.injected),
    failedByServer > 0,
  );
  verdict.check(`current documents of ${pictures}`, figures.current, figures.current === pictures);
  verdict.check('lost', figures.lost, figures.lost === 0);
  verdict.check('stale', figures.stale, figures.stale === 0);
  verdict.check('failed', `${figures.failed} ${JSON.stringify(figures.codes)}`, figures.failed === 0);
  verdict.check('messages left in the poison queue', poison, poison === 0);
  verdict.check(
    `calls, at most 3 × 1.05 × ${contents} contents dropped + ${failedByServer} failed by the server = ${limit}`,
    paid,
    paid <= limit,
  );
  verdict.check('of them scored', prediction.count({ status: 200 }), true);
  checkPaid(stack, verdict, contents);
  verdict.finish();
}
