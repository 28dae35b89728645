import {
  type FunctionTrigger,
  HttpRequest,
  type HttpResponseInit,
  InvocationContext,
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
  blob(name: string, bytes: unknown, blobTrigger: unknown, traceParent?: string): Promise<void>;
  /** Calls the queue function with a message, as its binding gets it, and what the host says of it. */
  queue(name: string, message: unknown, triggerMetadata?: Record<string, unknown>): Promise<void>;
  /** The functions there are. */
  names(): string[];
  /** Calls the timer function. */
  timer(name: string): Promise<void>;
  /** Runs what the app does when the host starts it, and when it ends it. */
  start(): Promise<void>;
  end(): Promise<void>;
  logs: Log[];
};
export type HttpCall = {
  body?: Uint8Array | string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  params?: Record<string, string>;
  /** The host’s own, of the invocation. */
  traceParent?: string;
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
  return { bindings, http, blob, queue, timer, start, end, names: () => [...core.functions.keys()], logs };
}

const logs: Log[] = [];
const start = () => core.hooks.run('appStart', { hookData: {}, appHookData: {} });
const end = () => core.hooks.run('appTerminate', { hookData: {}, appHookData: core.appHookData });
const callbackOf = (name: string) => {
  const registered = core.functions.get(name);
  if (!registered)
    throw new Error(`${name} is not registered; there are ${[...core.functions.keys()].join(', ')}.`);
  return registered;
};
const bindings: Registered['bindings'] = (name) => Object.values(callbackOf(name).metadata.bindings);

/** Calls a function as the host does, with the hooks before it. */
async function invoke(
  name: string,
  input: unknown,
  { triggerMetadata, traceParent }: { triggerMetadata?: Record<string, unknown>; traceParent?: string } = {},
): Promise<unknown> {
  const invocationContext = contextOf(name, triggerMetadata, traceParent);
  const inputs = [input];
  const before = {
    ...{ hookData: {}, appHookData: core.appHookData },
    ...{ invocationContext, functionCallback: callbackOf(name).callback, inputs },
  };
  await core.hooks.run('preInvocation', before);
  return before.functionCallback(input, invocationContext);
}

const contextOf = (
  functionName: string,
  triggerMetadata?: Record<string, unknown>,
  traceParent?: string,
): InvocationContext =>
  new InvocationContext({
    invocationId: 'invocation-1',
    functionName,
    logHandler: (level, ...args) => void logs.push({ level, message: args.map(String).join(' ') }),
    options: { trigger: bindings(functionName)[0] as FunctionTrigger, extraInputs: [], extraOutputs: [] },
    ...(triggerMetadata && { triggerMetadata: triggerMetadata as Record<string, string> }),
    ...(traceParent && { traceContext: { traceParent } }),
  });

const http: Registered['http'] = async (
  name,
  { body = '', headers = {}, query = {}, params = {}, traceParent },
) => {
  const request = new HttpRequest({
    url: `https://app.example/api/${name}`,
    method: 'POST',
    headers,
    query,
    params,
    body: { bytes: Buffer.from(body) },
  });
  const response = (await invoke(name, request, traceParent ? { traceParent } : {})) as HttpResponseInit;
  return { ...response, json: response.jsonBody ?? JSON.parse(String(response.body)) };
};

const blob: Registered['blob'] = async (name, bytes, blobTrigger, traceParent) => {
  await invoke(name, bytes, { triggerMetadata: { blobTrigger }, ...(traceParent && { traceParent }) });
};

const queue: Registered['queue'] = async (name, message, triggerMetadata) => {
  await invoke(name, message, triggerMetadata && { triggerMetadata });
};

const timer: Registered['timer'] = async (name) => {
  await invoke(name, {});
};
