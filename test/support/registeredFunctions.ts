import {
  type HttpHandler,
  HttpRequest,
  type HttpResponseInit,
  InvocationContext,
  type StorageBlobHandler,
  type StorageQueueHandler,
  type Timer,
  type TimerHandler,
} from '@azure/functions';
import { createCore } from '../../local/host/core.ts';
import { provideCore } from '../../local/host/loadApp.ts';

export type Log = { level: string; message: string };
export type Registered = {
  /** The bindings of a function, trigger first. */
  bindings(name: string): Record<string, unknown>[];
  /** Calls an HTTP function as the host does; a request without `id` is the first one. */
  http(name: string, request: HttpCall): Promise<HttpResponseInit & { json: Record<string, never> & object }>;
  /** Calls the blob function with a dropped picture’s bytes and path (`container/name`). */
  blob(name: string, bytes: unknown, blobTrigger: unknown): Promise<void>;
  /** Calls the queue function with a message, as its binding gets it, and what the host says of it. */
  queue(name: string, message: unknown, triggerMetadata?: Record<string, unknown>): Promise<void>;
  /** The functions there are. */
  names(): string[];
  /** Calls the timer function. */
  timer(name: string): Promise<void>;
  /** Runs what the app does when the host starts it. */
  start(): Promise<void>;
  logs: Log[];
};
export type HttpCall = {
  body?: Uint8Array | string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  params?: Record<string, string>;
};

const core = createCore(() => {});
let provided = false;

/**
 * Loads the app’s sources under an environment, as the host loads the bundle, and hands over what it registered. Once
 * per test file: the app reads its settings when it is loaded. `bundle`: the address of the bundle, in place of the sources.
 */
export async function loadFunctions(
  environment: Record<string, string>,
  bundle?: string,
): Promise<Registered> {
  if (provided) throw new Error('The functions are loaded already; use another test file.');
  provided = true;
  Object.assign(process.env, environment);
  provideCore(core);
  await (bundle ? import(bundle) : import('../../src/main.ts'));
  return { bindings, http, blob, queue, timer, start, names: () => [...core.functions.keys()], logs };
}

const logs: Log[] = [];
const start = () => core.hooks.run('appStart', { hookData: {}, appHookData: {} });
const callbackOf = (name: string) => {
  const registered = core.functions.get(name);
  if (!registered)
    throw new Error(`${name} is not registered; there are ${[...core.functions.keys()].join(', ')}.`);
  return registered;
};
const bindings: Registered['bindings'] = (name) => Object.values(callbackOf(name).metadata.bindings);
const contextOf = (functionName: string, triggerMetadata?: Record<string, unknown>) =>
  new InvocationContext({
    invocationId: 'invocation-1',
    functionName,
    logHandler: (level, ...args) => void logs.push({ level, message: args.map(String).join(' ') }),
    ...(triggerMetadata && { triggerMetadata: triggerMetadata as Record<string, string> }),
  });

const http: Registered['http'] = async (name, { body = '', headers = {}, query = {}, params = {} }) => {
  const request = new HttpRequest({
    url: `https://app.example/api/${name}`,
    method: 'POST',
    headers,
    query,
    params,
    body: { bytes: Buffer.from(body) },
  });
  const handler = callbackOf(name).callback as HttpHandler;
  const response = (await handler(request, contextOf(name))) as HttpResponseInit;
  return { ...response, json: response.jsonBody ?? JSON.parse(String(response.body)) };
};

const blob: Registered['blob'] = async (name, bytes, blobTrigger) => {
  const handler = callbackOf(name).callback as StorageBlobHandler;
  await handler(bytes, contextOf(name, { blobTrigger }));
};

const queue: Registered['queue'] = async (name, message, triggerMetadata) => {
  const handler = callbackOf(name).callback as StorageQueueHandler;
  await handler(message, contextOf(name, triggerMetadata));
};

const timer: Registered['timer'] = async (name) => {
  const handler = callbackOf(name).callback as TimerHandler;
  await handler({} as Timer, contextOf(name));
};
