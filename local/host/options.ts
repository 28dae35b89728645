import type { LogEntry } from './contract.ts';

export type HostOptions = {
  /** Where package.json and host.json are. */
  appDirectory: string;
  /** 0 lets the system choose. */
  port: number;
  functionKey: string | undefined;
  systemKey: string | undefined;
  /** For the host's own tokens; without one it asks with the app's IDENTITY_HEADER. */
  identityHeader: string | undefined;
  pollIntervalMs: number;
  /** Seconds a received message stays invisible unless renewed. */
  visibilitySeconds: number;
  verbose: boolean;
};

const PREFIX = 'KEYLESS_HOST_';

/**
 * Takes the host's options out of the environment, so that the app, loaded later into the same process, finds only its
 * own settings there.
 * @throws when a number is none
 */
export function takeOptions(environment: NodeJS.ProcessEnv): HostOptions {
  const take = (name: string): string | undefined => environment[PREFIX + name] || undefined;
  const takeNumber = (name: string, fallback: number): number => {
    const value = Number(take(name) ?? fallback);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new Error(`${PREFIX}${name}: expected a number of at least 0, got "${take(name)}".`);
  };
  const options = {
    appDirectory: take('APP_DIRECTORY') ?? process.cwd(),
    port: takeNumber('PORT', 0),
    functionKey: take('FUNCTION_KEY'),
    systemKey: take('SYSTEM_KEY'),
    identityHeader: take('IDENTITY_HEADER'),
    pollIntervalMs: takeNumber('POLL_INTERVAL_MS', 500),
    // The storage extension's own: ten minutes.
    visibilitySeconds: takeNumber('VISIBILITY_SECONDS', 600),
    verbose: take('VERBOSE') === 'true',
  };
  for (const name of Object.keys(environment)) if (name.startsWith(PREFIX)) delete environment[name];
  return options;
}

/** What the host's process tells its parent. */
export type FromHost =
  | { type: 'ready'; url: string; functions: string[] }
  | { type: 'failed'; message: string }
  | { type: 'log'; entry: LogEntry };

/** What the parent tells it. */
export type ToHost = { type: 'stop' };

/** The app's settings, which are the environment of its process. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** Replaces each %NAME% by that setting. @throws when a setting is missing or empty */
export function resolveSettings(text: string, settings: Settings, where: string): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (!value) throw new Error(`${where}: "${text}" needs the setting ${name}, which is missing or empty.`);
    return value;
  });
}
