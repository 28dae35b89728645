import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beside, inTurns, middle, sideBySide } from './inTurns.ts';
import { atMost, type Row } from './row.ts';
import { startApp } from './startApp.ts';

const STARTS = 11;
const RUNS = 4;
const CALLS = 20;
/** Rounds of so many calls: so long the code is compiled, on either side, of which there is more with telemetry. */
const FIRST = 100;
const ROUNDS = 40;

type Round = { off: number; on: number };
type App = { startMs: number; post(calls: number): Promise<number>; end(): void };

/** What telemetry costs when it is on: at the start, and of computing a call. Its collector is in another process. */
export async function measure(): Promise<Row[]> {
  const starts = await inTurns(STARTS, {
    off: () => startMs('telemetry off'),
    on: () => startMs('telemetry on'),
  });
  const first: Round[] = [];
  const later: Round[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const off = await start('telemetry off');
    const on = await start('telemetry on');
    // by turns, since the machine is not always as fast
    for (let round = 0; round < FIRST + ROUNDS; round += 1)
      (round < FIRST ? first : later).push({ off: await off.post(CALLS), on: await on.post(CALLS) });
    for (const app of [off, on]) app.end();
  }
  const [started, warming, running] = [toOff(starts), toOff(first), toOff(later)];
  const laterMs = middle(starts, ({ on, off }) => on - off);
  return [
    {
      ...{ work: 'TELEMETRY=otlp at the start', against: 'off', ratio: started.ratio },
      result: `${laterMs.toFixed(0)} ms later (${started.took.toFixed(0)} to ${started.than.toFixed(0)} ms)`,
      ...{ mark: '≤ 120 ms', met: laterMs <= 120 },
    },
    {
      ...{
        work: `TELEMETRY=otlp, one of the first ${(FIRST * CALLS).toLocaleString('en')} pictures`,
        against: 'off',
      },
      ...{ ratio: warming.ratio, result: sideBySide(warming, ' the computing', 2, ' ms') },
    },
    {
      ...{ work: 'TELEMETRY=otlp, a posted picture in a running app', against: 'off' },
      ...{ ratio: running.ratio, ...atMost(running.ratio, 1.05) },
      result: sideBySide(running, ' the computing', 2, ' ms'),
    },
  ];
}

const toOff = (rounds: readonly Round[]) =>
  beside(
    rounds,
    ({ on }) => on,
    ({ off }) => off,
  );

async function startMs(kind: string): Promise<number> {
  const app = await start(kind);
  app.end();
  return app.startMs;
}

/** The app in a process of its own, which posts when it is told to and tells what that took of computing, in ms a call. */
async function start(kind: string): Promise<App> {
  const child = fork(fileURLToPath(import.meta.url), [kind]);
  child.once('exit', (code) => code && process.exit(code));
  const startMs = await told(child);
  return {
    startMs,
    post(calls) {
      child.send(calls);
      return told(child);
    },
    end: () => child.disconnect(),
  };
}

async function told(child: ChildProcess): Promise<number> {
  const [figure] = await once(child, 'message');
  return figure as number;
}

async function run(on: boolean, tell: (figure: number) => void): Promise<void> {
  const { app, startMs, close } = await startApp((stub) => ({
    ...(on && { TELEMETRY: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: stub }),
  }));
  const body = readFileSync(new URL('../../local/samples/pictures/apple.jpg', import.meta.url));
  process.on('message', async (calls: number) => {
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call += 1)
      await app.http('predictImage', { body, headers: { 'content-type': 'image/jpeg' } });
    const { user, system } = process.cpuUsage(before);
    tell((user + system) / 1_000 / calls);
  });
  process.once('disconnect', async () => {
    await close();
    process.exit();
  });
  tell(startMs);
}

const [kind] = process.argv.slice(2);
if (process.send && kind?.startsWith('telemetry '))
  await run(kind.endsWith('on'), (figure) => process.send?.(figure));
