import { afterAll, beforeAll } from 'vitest';
import { SAMPLE_MODELS, startPredictors } from '../../local/models.ts';
import { DEFAULT_PROJECT_ID } from '../../local/prediction/models.ts';
import {
  LOCAL_FUNCTION_KEY,
  type Stack,
  type StackHostOptions,
  type StackOptions,
  startStack,
} from '../../local/stack.ts';
import { waitFor } from '../../local/waiting.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { bundled, lendSecureAzurite } from './lend.ts';

type Host = Awaited<ReturnType<Stack['startHost']>>;
export type Problem = {
  status: number;
  code: string;
  title: string;
  detail: string;
  fix: string;
  requestId: string;
};

/** The sample models, once for all test files of a process, whose end ends their threads. */
let predictors: ReturnType<typeof startPredictors> | undefined;

/** A stack over a lent emulator, whose hosts look for work five times a second. */
export async function startTestStack(options: StackOptions = {}): Promise<Stack> {
  predictors ??= startPredictors(SAMPLE_MODELS);
  const [storage, { models }, hostFile] = await Promise.all([
    lendSecureAzurite(),
    predictors,
    bundled('host'),
  ]);
  return startStack({ storage, predictors: models, hosts: { hostFile, pollIntervalMs: 200 }, ...options });
}

/** One local stack, without a host, for a whole test file. */
export function useStack(options: StackOptions = {}): { readonly current: Stack } {
  let stack: Stack | undefined;
  beforeAll(async () => {
    stack = await startTestStack(options);
  });
  afterAll(() => stack?.close());
  return {
    get current() {
      if (!stack) throw new Error('The stack is there from beforeAll on.');
      return stack;
    },
  };
}

/** A stack with one host over it, for a whole test file. */
export function useHost(
  options: StackHostOptions = {},
  stackOptions: StackOptions = {},
): { readonly stack: Stack; readonly host: Host } {
  const stack = useStack(stackOptions);
  let host: Host | undefined;
  beforeAll(async () => {
    host = await stack.current.startHost(options);
  });
  return {
    get stack() {
      return stack.current;
    },
    get host() {
      if (!host) throw new Error('The host is there from beforeAll on.');
      return host;
    },
  };
}

type Sent = {
  body: NonNullable<RequestInit['body']>;
  headers?: Record<string, string>;
  model?: string;
  query?: string;
  key?: string | null;
};

export function post(
  host: { url: string },
  { body, headers, model = 'fruit', query = '', key }: Sent,
): Promise<Response> {
  return fetch(`${host.url}/api/predict${model && `/${encodeURIComponent(model)}`}${query}`, {
    method: 'POST',
    body,
    headers: { ...(key === null ? {} : { 'x-functions-key': key ?? LOCAL_FUNCTION_KEY }), ...headers },
  });
}

export const documentOf = async (
  stack: Stack,
  name: string,
  timeoutMs = 30_000,
): Promise<PredictionDocument> =>
  JSON.parse(
    await waitFor(`the document of ${name}`, () => stack.uploader.document(name), timeoutMs),
  ) as PredictionDocument;

/** The document once it is of another content than before. */
export const newDocumentOf = (
  stack: Stack,
  name: string,
  before: PredictionDocument,
): Promise<PredictionDocument> =>
  waitFor(`a new document of ${name}`, async () => {
    const document = await documentOf(stack, name);
    return document.image.etag === before.image.etag ? undefined : document;
  });

export const VISION = 'https://cognitiveservices.azure.com';
export const STORAGE = 'https://storage.azure.com';

const PREDICTION = {
  id: '8b8a1f2c-6b1e-4a5d-9f43-0d6a2c7e5b91',
  project: DEFAULT_PROJECT_ID,
  iteration: '6f0a1c52-3d84-4b7e-9a15-2c8e7d40b361',
  created: '2026-03-14T09:26:53.589Z',
  predictions: [
    { probability: 0.9, tagId: '5d0c5a52-2f4e-4a0b-9a3b-6d0a4c1f7e01', tagName: 'apple', tagType: 'Regular' },
  ],
};
/** In place of a model’s answer, where a look of the model would be most of the time. */
export const CANNED_ANSWER = { status: 200, body: JSON.stringify(PREDICTION) };
