import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { LogEntry } from './contract.ts';
import type { FromHost } from './options.ts';

export type { LogEntry } from './contract.ts';

export type StartHostOptions = {
  /** Where package.json and host.json are. */
  appDirectory: string;
  /** The app's settings: with PATH, HOME, Node's compile cache and the certificates below, all there is in its environment. */
  settings: Readonly<Record<string, string>>;
  /** 0, the default, lets the system choose. */
  port?: number;
  /** Asked for by routes that are not anonymous; made up when not given. */
  functionKey?: string;
  /** The key `blobs_extension`, asked for by Event Grid's way in; without one none is asked for. */
  systemKey?: string;
  /** Between two looks into a container or queue that had nothing new; 500 when not given, 10 seconds in the real host. */
  pollIntervalMs?: number;
  /** Seconds until a message of a host that died is seen again; 600 when not given, as in the real host. */
  visibilitySeconds?: number;
  /** For Node itself, like --inspect. */
  nodeOptions?: readonly string[];
  /** A file of authorities to trust besides the usual, as NODE_EXTRA_CA_CERTS. */
  extraCaCertificatePath?: string;
  onLog?: (entry: LogEntry) => void;
  /** The host’s own file, where it lies bundled; else its source. */
  hostFile?: string;
  /** Of stdout and stderr; by default both come line by line as logs of the category `console`. */
  stdio?: 'pipe' | 'inherit' | 'ignore';
};

export type Host = {
  url: string;
  functionKey: string;
  functions: readonly string[];
  /** The newest 10,000 at most. */
  logs: readonly LogEntry[];
  processId: number;
  /** The exit code, or null when a signal ended it. Never rejects. */
  exited: Promise<number | null>;
  /** Lets running functions end, 5 s at most. Stopping twice is harmless. */
  stop(): Promise<void>;
  /** SIGKILL: as a machine that is switched off. */
  kill(): void;
};

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const MOST_LOGS = 10_000;

/** Starts a functions host in a process of its own. @throws what it refuses the app for, or says when it ends too early */
export async function startHost(options: StartHostOptions): Promise<Host> {
  const functionKey = options.functionKey ?? randomBytes(24).toString('base64url');
  const { stdio = 'pipe' } = options;
  const logs: LogEntry[] = [];
  const onLog = (entry: LogEntry) => {
    logs.push(entry);
    if (logs.length > MOST_LOGS) logs.splice(0, MOST_LOGS / 10);
    options.onLog?.(entry);
  };
  const streams: StdioOptions = ['ignore', stdio, stdio, 'ipc'];
  const child = fork(options.hostFile ?? MAIN, [], {
    cwd: options.appDirectory,
    env: environment(options, functionKey),
    execArgv: [...(options.nodeOptions ?? [])],
    stdio: streams,
  });
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', () => resolve(null));
  });
  child.on('message', (message: FromHost) => {
    if (message.type === 'log') onLog(message.entry);
  });
  readLines(child.stdout, (message) => onLog({ level: 'information', category: 'console', message }));
  readLines(child.stderr, (message) => onLog({ level: 'warning', category: 'console', message }));

  async function stop(): Promise<void> {
    if (child.connected)
      child.send({ type: 'stop' }, () => undefined); // it may just have ended by itself
    else child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }

  const { url, functions } = await ready(child, logs);
  return {
    url,
    functionKey,
    functions,
    logs,
    processId: child.pid ?? 0,
    exited,
    stop,
    kill: () => void child.kill('SIGKILL'),
  };
}

function environment(options: StartHostOptions, functionKey: string): Record<string, string> {
  const given: Record<string, string | number | undefined> = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    NODE_EXTRA_CA_CERTS: options.extraCaCertificatePath,
    ...options.settings,
    KEYLESS_HOST_APP_DIRECTORY: options.appDirectory,
    KEYLESS_HOST_FUNCTION_KEY: functionKey,
    KEYLESS_HOST_SYSTEM_KEY: options.systemKey,
    KEYLESS_HOST_PORT: options.port,
    KEYLESS_HOST_POLL_INTERVAL_MS: options.pollIntervalMs,
    KEYLESS_HOST_VISIBILITY_SECONDS: options.visibilitySeconds,
  };
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

/** Waits for the first word. A host that has none to say ends, or is ended, before this rejects. */
async function ready(
  child: ChildProcess,
  logs: readonly LogEntry[],
): Promise<{ url: string; functions: string[] }> {
  const ended = once(child, 'close').catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const fail = (message: string) => reject(new Error(`The functions host did not start: ${message}`));
      timer = setTimeout(() => fail(`nothing heard for ${START_TIMEOUT_MS / 1000} s.`), START_TIMEOUT_MS);
      child.on('message', (message: FromHost) => {
        if (message.type === 'ready') resolve(message);
        if (message.type === 'failed') fail(message.message);
      });
      child.once('error', (error) => fail(error.message));
      child.once('close', (code, signal) => {
        const last = logs.slice(-5).map((entry) => entry.message);
        fail([`it ended with ${signal ?? `exit code ${code}`}.`, ...last].join('\n'));
      });
    });
  } catch (error) {
    if (child.pid !== undefined) {
      child.kill('SIGKILL');
      await ended;
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', onLine);
}
