import { subscribe } from 'node:diagnostics_channel';
import { HttpRequest } from '@azure/functions';
import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import { startAzurite } from '../../local/azurite.ts';
import { openBlobs } from '../../src/storage/clients.ts';
import { createPredictionClient } from '../../src/vision/client.ts';
import { bitmap } from '../pictures/files.ts';
import { median } from './inTurns.ts';
import type { Row } from './row.ts';
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

type Call = (index: number) => Promise<unknown>;
type Taken = { own: number; whole: number; requests: number };

/**
 * What an invocation takes beside what it waits for, less what the client takes alone, and the libraries: reading the body, and the
 * same requests to storage. A bitmap is sent, which is not decoded before it goes.
 */
export async function measure(): Promise<Row[]> {
  watch();
  const storage = await startAzurite();
  const { app, endpoint, close } = await startApp(() => ({ ImageStorage: storage.connectionString }));
  try {
    const picture = bitmap(180, 180);
    const headers = { 'content-type': 'image/bmp' };
    const client = createPredictionClient(credential);
    const alone = () => client.predict(modelAt(endpoint), { bytes: picture }, BUDGET);
    const post = () => app.http('predictImage', { body: picture, headers });
    const posted = await ownShare(post, [alone, () => read(picture, headers)]);

    const service = await openBlobs(storage, () => credential, { tryTimeoutInMs: 15_000 }); // as the app opens it
    const images = service.getContainerClient('images');
    await images.create();
    const upload = (name: string | number) =>
      images.getBlockBlobClient(`fruit/${name}.bmp`).upload(picture, picture.length);
    const drop = (name: string | number) => app.blob('predictBlob', picture, `images/fruit/${name}.bmp`);
    for (let index = 0; index < CALLS + FIRST; index += 1) await upload(index);
    await upload('first');
    await drop('first');
    const dropped = await ownShare(drop, [alone, await storageAlone(service)]);
    return [
      row('the HTTP function', 'the client alone, and the body read', posted),
      row('the blob function', 'the client alone, and the same requests to storage', dropped),
    ];
  } finally {
    await close();
    await storage.close();
  }
}

/** The requests to storage that a dropped picture takes, by the library alone: the documents are like one that the app wrote. */
async function storageAlone(service: BlobServiceClient): Promise<Call> {
  const [images, predictions, claims] = ['images', 'predictions', 'predictions-claims'].map((name) =>
    service.getContainerClient(name),
  ) as [ContainerClient, ContainerClient, ContainerClient];
  const ifNew = { conditions: { ifNoneMatch: '*' } };
  const first = predictions.getBlobClient('fruit/first.bmp.json');
  const { metadata = {} } = await first.getProperties();
  const text = (await first.downloadToBuffer()).toString();
  return async (index) => {
    const picture = images.getBlobClient(`fruit/${index}.bmp`);
    const written = predictions.getBlockBlobClient(`again/${index}.bmp.json`);
    const claim = claims.getBlockBlobClient(`again/${index}.bmp`);
    await Promise.all([picture.getProperties(), written.getProperties().catch(() => {})]);
    await claim.upload('', 0, { ...ifNew, metadata: { claim: 'of the bench' } });
    const { leaseId = '' } = await claim.getBlobLeaseClient().acquireLease(30);
    await written.getProperties().catch(() => {});
    const blobHTTPHeaders = { blobContentType: 'application/json' };
    await written.upload(text, Buffer.byteLength(text), { ...ifNew, blobHTTPHeaders, metadata });
    await picture.getProperties();
    await claim.delete({ conditions: { leaseId } });
  };
}

/** The same request, of which nothing but its body is read. */
async function read(picture: Buffer, headers: Record<string, string>): Promise<void> {
  const body = { bytes: Buffer.from(picture) };
  const request = new HttpRequest({ url: 'https://app.example/api', method: 'POST', headers, body });
  for await (const _ of request.body ?? []);
}

type Share = { share: number; own: number; whole: number };

function row(work: string, against: string, { share, own, whole }: Share): Row {
  return {
    ...{ work: `${work}, its own share`, against, ratio: own / (own - share) },
    result: `${share.toFixed(2)} ms more, p50 (of ${own.toFixed(2)}, in ${whole.toFixed(1)} ms)`,
    ...{ mark: `≤ ${MOST_MS} ms`, met: share <= MOST_MS },
  };
}

/** By turns, since the machine is not always as fast: medians of the function, and of what it takes more than the libraries. */
async function ownShare(work: Call, libraries: readonly Call[]): Promise<Share> {
  const shares: Share[] = [];
  for (let index = 0; index < CALLS + FIRST; index += 1) {
    const { own, whole, requests } = await taken(work, index);
    const others: Taken[] = [];
    for (const call of libraries) others.push(await taken(call, index));
    const sum = (what: keyof Taken) => others.reduce((total, each) => total + each[what], 0);
    if (index < FIRST) continue; // the first asks for a token
    if (sum('requests') !== requests)
      throw new Error(`It makes ${requests} requests, and is compared with ${sum('requests')}.`);
    shares.push({ share: own - sum('own'), own, whole });
  }
  const of = (what: keyof Share) => median(shares.map((each) => each[what]));
  return { share: of('share'), own: of('own'), whole: of('whole') };
}

async function taken(call: Call, index: number): Promise<Taken> {
  const [before, requests, started] = [waited, begun, performance.now()];
  await call(index);
  const whole = performance.now() - started;
  return { own: whole - (waited - before), whole, requests: begun - requests };
}

/** https://nodejs.org/api/diagnostics_channel.html#http and undici’s own channels, https://undici.nodejs.org */
function watch(): void {
  for (const name of ['http.client.request.start', 'undici:request:create']) subscribe(name, begins);
  for (const name of ['http.client.response.finish', 'http.client.request.error']) subscribe(name, ends);
  for (const name of ['undici:request:trailers', 'undici:request:error']) subscribe(name, ends);
}
