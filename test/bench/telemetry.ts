import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { atMost, median, type Row } from './row.ts';
import { startApp } from './startApp.ts';

const RUNS = 7;
const CALLS = 200;
const FIRST = 20;

type Figures = { startMs: number; cpuMs: number };

/** What telemetry costs when it is on: at the start, and of computing a call. Its collector is in another process. */
export async function measure(): Promise<Row[]> {
  const taken: Record<'off' | 'on', Figures[]> = { off: [], on: [] };
  for (let run = 0; run < RUNS; run += 1) {
    taken.off.push(await inProcess('telemetry off'));
    taken.on.push(await inProcess('telemetry on'));
  }
  const of = (kind: 'off' | 'on', what: keyof Figures) => median(taken[kind].map((each) => each[what]));
  const later = of('on', 'startMs') - of('off', 'startMs');
  const ratio = of('on', 'cpuMs') / of('off', 'cpuMs');
  return [
    {
      ...{
        work: 'TELEMETRY=otlp at the start',
        against: 'off',
        ratio: of('on', 'startMs') / of('off', 'startMs'),
      },
      result: `${later.toFixed(0)} ms later (${of('on', 'startMs').toFixed(0)} to ${of('off', 'startMs').toFixed(0)} ms)`,
      ...{ mark: '≤ 120 ms', met: later <= 120 },
    },
    {
      ...{ work: 'TELEMETRY=otlp, a posted picture', against: 'off', ratio, ...atMost(ratio, 1.05) },
      result: `${ratio.toFixed(2)} × the computing (${of('on', 'cpuMs').toFixed(2)} to ${of('off', 'cpuMs').toFixed(2)} ms)`,
    },
  ];
}

function inProcess(kind: string): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [kind]);
    child.once('message', (figures) => resolve(figures as Figures));
    child.once('exit', (code) => reject(new Error(`The process with ${kind} ended with ${code}.`)));
  });
}

async function run(on: boolean): Promise<Figures> {
  const { app, startMs, close } = await startApp((stub) => ({
    ...(on && { TELEMETRY: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: stub }),
  }));
  const body = readFileSync(new URL('../../local/samples/pictures/apple.jpg', import.meta.url));
  const post = () => app.http('predictImage', { body, headers: { 'content-type': 'image/jpeg' } });
  for (let call = 0; call < FIRST; call += 1) await post();
  const before = process.cpuUsage();
  for (let call = 0; call < CALLS; call += 1) await post();
  const { user, system } = process.cpuUsage(before);
  await close();
  return { startMs, cpuMs: (user + system) / 1_000 / CALLS };
}

const [kind] = process.argv.slice(2);
if (process.send && kind?.startsWith('telemetry ')) {
  process.send(await run(kind.endsWith('on')));
  process.exit();
}
