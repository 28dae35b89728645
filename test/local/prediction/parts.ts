import type { IdentityEndpoint } from '../../../local/identity/contract.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';
import type { PredictionServer, PredictionServerOptions } from '../../../local/prediction/contract.ts';
import { DEFAULT_PROJECT_ID } from '../../../local/prediction/models.ts';
import type { Predictor } from '../../../local/prediction/predictor.ts';
import { startPredictionServer } from '../../../local/prediction/server.ts';
import { KeylessError } from '../../../src/errors/errors.ts';

const TAG = { tagId: '0d7c9a34-5b1e-4f6a-9c8d-7e6f5a4b3c21', tagName: 'pear', tagType: 'Regular' } as const;
const BOX = { left: 0.1, top: 0.2, width: 0.3, height: 0.4 };

/** Remembers what it was shown; a picture that ends in 'broken' is undecodable, one in 'crash' breaks the model. */
export function watchfulPredictor(task: Predictor['task']): Predictor & { seen: Uint8Array[] } {
  const seen: Uint8Array[] = [];
  return {
    task,
    seen,
    tagNames: ['pear'],
    iterationId: '3c2b1a09-8f7e-4d6c-8b5a-493827160504',
    predict: async (image) => {
      seen.push(image);
      const end = Buffer.from(image.slice(-8)).toString('latin1');
      if (end.endsWith('broken')) throw new KeylessError('ImageUndecodable', 'not a picture');
      if (end.endsWith('crash')) throw new Error('the model broke');
      return [{ probability: 0.75, ...TAG, boundingBox: BOX }];
    },
    close: async () => {},
  };
}

/** A whole picture of that size in black and white, followed by every byte value, which no text encoding survives. */
export function picture(width = 64, height = 48, tail: string | Uint8Array = everyByte()): Buffer {
  const head = Buffer.alloc(62);
  head.write('BM', 0);
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeUInt32LE(width, 18);
  head.writeInt32LE(height, 22);
  head.writeUInt16LE(1, 28);
  return Buffer.concat([head, Buffer.alloc(Math.ceil(width / 32) * 4 * height), Buffer.from(tail)]);
}

const everyByte = () => Uint8Array.from({ length: 256 }, (_, value) => value);

export type Parts = {
  identity: IdentityEndpoint;
  server: PredictionServer;
  classifier: ReturnType<typeof watchfulPredictor>;
  detector: ReturnType<typeof watchfulPredictor>;
  /** Posts to an operation of a published name with a fresh system-assigned token, unless told otherwise. */
  post(options?: PostOptions): Promise<Answer>;
  close(): Promise<void>;
};
type PostOptions = {
  path?: string;
  method?: string;
  body?: NonNullable<RequestInit['body']>;
  headers?: Record<string, string>;
  /** undefined: a valid one; null: none. */
  token?: string | null;
  signal?: AbortSignal;
};
export type Answer = { status: number; headers: Headers; body: unknown };

const UNLIMITED = { stored: Number.POSITIVE_INFINITY, unstored: Number.POSITIVE_INFINITY };

export const CLASSIFY = `/${DEFAULT_PROJECT_ID}/classify/iterations/fruit/image/nostore`;
export const DETECT = `/${DEFAULT_PROJECT_ID}/detect/iterations/fruit%20boxes/image/nostore`;

export async function startParts(options: Partial<PredictionServerOptions> = {}): Promise<Parts> {
  const identity = await startIdentityEndpoint();
  const [classifier, detector] = [watchfulPredictor('classify'), watchfulPredictor('detect')];
  const models = { fruit: classifier, 'fruit boxes': detector };
  // Only tests that ask for a tier want its limit.
  const rate = options.tier ? {} : UNLIMITED;
  const server = await startPredictionServer({ models, identity, rate, ...options });
  return {
    identity,
    server,
    classifier,
    detector,
    post: async ({
      path = CLASSIFY,
      method = 'POST',
      body = new Uint8Array(picture()),
      headers,
      token,
      signal,
    } = {}) => {
      const bearer = token === undefined ? await identity.issue() : token;
      const answer = await fetch(server.url + path, {
        method,
        body: method === 'GET' ? null : body,
        redirect: 'manual',
        signal: signal ?? null,
        headers: {
          ...(body instanceof FormData ? {} : { 'content-type': 'application/octet-stream' }),
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
          ...headers,
        },
      });
      const text = await answer.text();
      const isJson = answer.headers.get('content-type')?.startsWith('application/json');
      return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
    },
    close: async () => {
      await Promise.all([server.close(), identity.close()]);
    },
  };
}
