/**
 * What the Functions host and the Node library say to each other: the shapes of `@azure/functions-core`, which is in no
 * registry because the real worker makes it up at run time, as this host does.
 * https://github.com/Azure/azure-functions-nodejs-worker/tree/v3.x/types-core
 */

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';

export type LogEntry = {
  level: LogLevel;
  /** `user` from the app, `system` from the library, `host` from this host, `console` what the process printed. */
  category: string;
  message: string;
  functionName?: string;
  invocationId?: string;
};

export type Log = (entry: LogEntry) => void;

type Nullable = Record<string, { value?: string }>;

export type RpcCookie = {
  name: string;
  value: string;
  domain?: { value?: string };
  path?: { value?: string };
  /** Seconds since 1970. */
  expires?: { value?: { seconds?: number } };
  secure?: { value?: boolean };
  httpOnly?: { value?: boolean };
  sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  /** Seconds. */
  maxAge?: { value?: number };
};

export type RpcHttpRequest = {
  url: string;
  method: string;
  nullableHeaders: Nullable;
  nullableQuery: Nullable;
  nullableParams: Nullable;
  body?: { bytes: Buffer };
};

export type RpcHttpResponse = {
  statusCode?: string;
  headers?: Record<string, string>;
  cookies?: RpcCookie[];
  body?: RpcTypedData | null;
};

/** One member at most; a `string` is read as JSON by the library when it happens to be JSON. */
export type RpcTypedData = {
  string?: string;
  json?: string;
  bytes?: Uint8Array;
  int?: number;
  double?: number;
  http?: RpcHttpRequest | RpcHttpResponse;
};

export type Binding = {
  type: string;
  direction: 'in' | 'out';
  name?: string;
  [option: string]: unknown;
};

export type FunctionMetadata = {
  name: string;
  functionId?: string;
  bindings: Record<string, Binding>;
  retryOptions?: unknown;
};

export type FunctionCallback = (...inputs: unknown[]) => unknown;

/** The host's side of one invocation; `state` tells the library whether a log comes too late. */
export type CoreInvocationContext = {
  invocationId: string;
  metadata: FunctionMetadata;
  request: {
    invocationId: string;
    functionId: string;
    inputData: { name: string; data: RpcTypedData }[];
    triggerMetadata: Record<string, RpcTypedData>;
    traceContext: { traceParent: string; traceState: string; attributes: Record<string, string> };
  };
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log(level: LogLevel, category: string, message: string): void;
};

export type InvocationResponse = {
  outputData?: { name: string; data: RpcTypedData }[];
  returnValue?: RpcTypedData | null;
};

export type InvocationModel = {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
};

export type ProgrammingModel = {
  name: string;
  version: string;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
};

/** What is passed to a hook; hooks change its members. */
export type HookContext = Record<string, unknown>;
export type Hook = (context: HookContext) => unknown;
