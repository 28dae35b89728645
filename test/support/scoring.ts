import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BlobServiceClient } from '@azure/storage-blob';
import { type Closing, createClosing } from '../../local/closing.ts';
import { DEFAULT_PROJECT_ID } from '../../local/prediction/models.ts';
import { createMemory } from '../../src/scoring/admission.ts';
import type { ScoringParts } from '../../src/scoring/scorePicture.ts';
import type { ServiceModel } from '../../src/settings/settings.ts';
import type { Containers } from '../../src/storage/containers.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { bitmap } from '../pictures/files.ts';
import { startTestStorage, type TestStorage } from './azurite.ts';
import { QUICK, startVisionParts, type VisionParts } from './visionParts.ts';

/**
 * Sees each storage request on its way: may hold it up, or answer in place of storage with a status, or with a code of
 * storage and its status: `409 BlobArchived`. `path` is without the account: `/images/a.jpg`.
 */
export type Watch = (request: { method: string; path: string }) => Promise<number | string | undefined>;

export type Scoring = {
  storage: TestStorage;
  vision: VisionParts;
  /** The settings of an app over both, with one classifier. */
  settings: Record<string, string>;
  /** What one instance has: clients of its own, at the same storage. */
  containers(watch?: Watch): Promise<Containers>;
  parts(own?: Partial<ScoringParts> & { watch?: Watch }): Promise<ScoringParts>;
  /** A picture like no other, of these bytes. */
  dropFresh(name: string): Promise<Buffer>;
  documentOf(name: string): Promise<PredictionDocument>;
  close(): Promise<void>;
};

/** Storage emulator and prediction server with what scorePicture needs, for a whole test file. */
export async function startScoring(): Promise<Scoring> {
  const closing = createClosing();
  const [storage, vision] = await Promise.all([startTestStorage(), startVisionParts()]);
  closing.add(storage);
  closing.add(vision);
  const containers: Scoring['containers'] = async (watch) => {
    if (!watch) return openContainers(storage.connectionString);
    const { port } = new URL(storage.blobServiceUri);
    const watched = await listen(Number(port), watch, closing);
    return openContainers(storage.connectionString.replace(`127.0.0.1:${port}`, `127.0.0.1:${watched}`));
  };
  return {
    storage,
    vision,
    settings: {
      ...vision.identity.environment,
      ImageStorage: storage.connectionString,
      VISION_ENDPOINT: vision.server.url,
      VISION_PROJECT_ID: DEFAULT_PROJECT_ID,
      VISION_PUBLISHED_NAME: 'fruit',
      VISION_TASK: 'classify',
    },
    containers,
    parts: async ({ watch, ...own } = {}) => ({
      containers: own.containers ?? (await containers(watch)),
      ask: (model, ...rest) => vision.client.predict(model as ServiceModel, ...rest),
      memory: createMemory(256 * 1024 * 1024),
      models: [vision.model()],
      budget: QUICK,
      ...own,
    }),
    dropFresh: async (name) => {
      const bytes = freshPicture();
      await storage.drop(name, bytes);
      return bytes;
    },
    documentOf: async (name) => {
      const text = await storage.document(name);
      if (text === undefined) throw new Error(`There is no document of ${name}.`);
      return JSON.parse(text) as PredictionDocument;
    },
    close: closing.close,
  };
}

/** Without the SDK’s own retries, so that a fault shows at once. */
function openContainers(connectionString: string): Containers {
  const service = BlobServiceClient.fromConnectionString(connectionString, { retryOptions: { maxTries: 1 } });
  return {
    images: service.getContainerClient('images'),
    predictions: service.getContainerClient('predictions'),
    claims: service.getContainerClient('predictions-claims'),
    notify: service.getContainerClient('predictions-notify'),
    models: service.getContainerClient('models'),
  };
}

/** A proxy before storage, whose signatures do not name the host. Resolves with its port. */
async function listen(target: number, watch: Watch, closing: Closing): Promise<number> {
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const answered = await watch({ method, path: decodeURI(url).replace(/^\/[^/]+|\?.*$/gu, '') });
    if (answered !== undefined) {
      const [status, code] = String(answered).split(' ');
      request.resume();
      response
        .writeHead(Number(status), { 'content-length': 0, ...(code && { 'x-ms-error-code': code }) })
        .end();
      return;
    }
    const onward = send({ host: '127.0.0.1', port: target, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.once('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.add({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return (server.address() as AddressInfo).port;
}

/** Runs `act` once, when the first request to this path with this method comes by. */
export function onceAt(method: string, path: string, act: () => Promise<unknown>): Watch {
  let done = false;
  return async (request) => {
    if (done || request.method !== method || request.path !== path) return undefined;
    done = true;
    await act();
    return undefined;
  };
}

let shade = 0;
/** Different bytes each time, so that no picture is like another. */
export function freshPicture(): Buffer {
  shade += 1;
  return Buffer.concat([bitmap(20 + (shade % 40), 20), Buffer.from(`picture ${shade}`)]);
}
