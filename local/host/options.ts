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
