import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HttpRequest } from '@azure/functions';
import { residentMemory } from '../support/hostMemory.ts';
import { beside, median, sideBySide } from './inTurns.ts';
import { atMost, type Row } from './row.ts';
import { startApp } from './startApp.ts';

const PICTURES = 1_000;
const BYTES = 3_900_000;
const AT_ONCE = 4;
const HUNDRED = 100;
const ROUNDS = 3;

type Figures = { peakMB: number; firstMs: number; lastMs: number };

/** A thousand pictures of 3.9 MB, each in a process of its own kind: posted to the app, and to a handler that only reads. */
export async function measure(): Promise<Row[]> {
  const rounds: Record<'app' | 'reader', Figures>[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({ app: await inProcess('app'), reader: await inProcess('reader') });
  const peak = beside(
    rounds,
    ({ app }) => app.peakMB,
    ({ reader }) => reader.peakMB,
  );
  const last = beside(
    rounds,
    ({ app }) => app.lastMs,
    ({ app }) => app.firstMs,
  );
  const work = `${PICTURES.toLocaleString('en')} pictures of 3.9 MB`;
  return [
    {
      ...{ work, against: 'a handler that only reads them', ratio: peak.ratio, ...atMost(peak.ratio, 1.3) },
      result: sideBySide(peak, ' the peak of memory', 0, ' MB'),
    },
    {
      ...{ work, against: 'the first hundred', ratio: last.ratio, ...atMost(last.ratio, 1.3) },
      result: `${last.ratio.toFixed(2)} × the time for the last (p50 ${last.took.toFixed(0)} to ${last.than.toFixed(0)} ms)`,
    },
  ];
}

function inProcess(kind: string): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [kind]);
    child.once('message', (figures) => resolve(figures as Figures));
    child.once('exit', (code) => reject(new Error(`The ${kind} ended with ${code}.`)));
  });
}

/** A small picture with much behind its end, which goes as it came. */
function picture(index: number): Buffer {
  const apple = readFileSync(new URL('../../local/samples/pictures/apple.jpg', import.meta.url));
  return Buffer.concat([apple, Buffer.alloc(BYTES - apple.length - 8), Buffer.from(String(index))]);
}

async function run(handle: (picture: Buffer) => Promise<unknown>): Promise<Figures> {
  const times: number[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < PICTURES) {
        next += 1;
        const bytes = picture(next);
        const started = performance.now();
        await handle(bytes);
        times.push(performance.now() - started);
      }
    }),
  );
  return {
    peakMB: residentMemory(process.pid, 'VmHWM') ?? Number.NaN,
    firstMs: median(times.slice(HUNDRED, 2 * HUNDRED)), // the very first compile
    lastMs: median(times.slice(-HUNDRED)),
  };
}

const headers = { 'content-type': 'image/jpeg' };

async function readOnly(bytes: Buffer): Promise<void> {
  const request = new HttpRequest({
    url: 'https://app.example/api',
    method: 'POST',
    headers,
    body: { bytes },
  });
  await request.arrayBuffer();
}

async function posted(): Promise<Figures> {
  const { app, close } = await startApp();
  const figures = await run((bytes) => app.http('predictImage', { body: bytes, headers }));
  await close();
  return figures;
}

const [kind] = process.argv.slice(2);
if (process.send && (kind === 'app' || kind === 'reader')) {
  process.send(kind === 'app' ? await posted() : await run(readOnly));
  process.exit();
}
