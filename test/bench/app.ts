import { subscribe } from 'node:diagnostics_channel';
import { HttpRequest } from '@azure/functions';
import { BlobServiceClient } from '@azure/storage-blob';
import { startAzurite } from '../../local/azurite.ts';
import { createPredictionClient } from '../../src/vision/client.ts';
import { bitmap } from '../pictures/files.ts';
import { median, type Row } from './row.ts';
import { startApp } from './startApp.ts';
import { credential, modelAt } from './stub.ts';

const CALLS = 300;
/** They compile and open sockets. */
const FIRST = 200;
const MOST_MS = 0.3;
const BUDGET = { total: 60_000, attempt: 15_000, firstWait: 250 };

/** Requests under way, to whomever: while there is one, an invocation waits. */
let underWay = 0;
let waited = 0;
let waitingSince = 0;
let begun = 0;
const begins = () => {
  if (underWay === 0) waitingSince = performance.now();
  underWay += 1;
  begun += 1;
};
const ends = () => {
  underWay -= 1;
  if (underWay === 0) waited += performance.now() - waitingSince;
};

type Share = { own: number; whole: number; requests: number };

/**
 * What an invocation takes beside what it waits for, less what the client takes alone, and the libraries: reading the body, and as
 * many requests to storage. A bitmap is sent, which is not decoded before it goes.
 */
export async function measure(): Promise<Row[]> {
  watch();
  const storage = await startAzurite();
  const { app, endpoint, close } = await startApp(() => ({ ImageStorage: storage.connectionString }));
  try {
    const picture = bitmap(180, 180);
    const headers = { 'content-type': 'image/bmp' };
    const bare = await share(() => read(picture, headers));
    const client = createPredictionClient(credential);
    const alone = await share(() => client.predict(modelAt(endpoint), { bytes: picture }, BUDGET));
    const posted = await share(() => app.http('predictImage', { body: picture, headers }));

    const service = BlobServiceClient.fromConnectionString(storage.connectionString);
    const images = service.getContainerClient('images');
    await images.create();
    const blob = (index: number) => images.getBlockBlobClient(`fruit/${index}.bmp`);
    for (let index = 0; index < CALLS + FIRST; index += 1) await blob(index).upload(picture, picture.length);
    const dropped = await share((index) => app.blob('predictBlob', picture, `images/fruit/${index}.bmp`));
    const asked = await share((index) => blob(index).getProperties());
    const calls = dropped.requests - 1; // but for the prediction
    return [
      row('the HTTP function', 'the client alone, and the body read', posted, bare.own + alone.own),
      row(
        'the blob function',
        `the client alone, and ${calls} calls to storage`,
        dropped,
        alone.own + asked.own * calls,
      ),
    ];
  } finally {
    await close();
    await storage.close();
  }
}

/** The same request, of which nothing but its body is read. */
async function read(picture: Buffer, headers: Record<string, string>): Promise<void> {
  const body = { bytes: Buffer.from(picture) };
  const request = new HttpRequest({ url: 'https://app.example/api', method: 'POST', headers, body });
  for await (const _ of request.body ?? []);
}

function row(work: string, against: string, { own, whole }: Share, libraries: number): Row {
  const share = own - libraries;
  return {
    ...{ work: `${work}, its own share`, against, ratio: own / libraries },
    result: `${share.toFixed(2)} ms more, p50 (${own.toFixed(2)} to ${libraries.toFixed(2)}, in ${whole.toFixed(1)} ms)`,
    ...{ mark: `≤ ${MOST_MS} ms`, met: share <= MOST_MS },
  };
}

/** Medians over calls one after the other. */
async function share(call: (index: number) => Promise<unknown>): Promise<Share> {
  const shares: Share[] = [];
  for (let index = 0; index < CALLS + FIRST; index += 1) {
    const [before, requests, started] = [waited, begun, performance.now()];
    await call(index);
    const whole = performance.now() - started;
    if (index >= FIRST) shares.push({ own: whole - (waited - before), whole, requests: begun - requests });
  }
  const of = (what: keyof Share) => median(shares.map((each) => each[what]));
  return { own: of('own'), whole: of('whole'), requests: of('requests') };
}

/** https://nodejs.org/api/diagnostics_channel.html#http and undici’s own channels, https://undici.nodejs.org */
function watch(): void {
  for (const name of ['http.client.request.start', 'undici:request:create']) subscribe(name, begins);
  for (const name of ['http.client.response.finish', 'http.client.request.error']) subscribe(name, ends);
  for (const name of ['undici:request:trailers', 'undici:request:error']) subscribe(name, ends);
}
