import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { pause } from '../waiting.ts';
import { createAdminFunctions, type StartByHand } from './adminFunctions.ts';
import { createBlobEvents } from './blobEvents.ts';
import { readBlobTrigger } from './blobTrigger.ts';
import { startBlobTriggers } from './blobTriggers.ts';
import type { Log } from './contract.ts';
import { createCore } from './core.ts';
import { readHostJson } from './hostJson.ts';
import { createHttpFunctions } from './httpFunctions.ts';
import { startHttpServer } from './httpServer.ts';
import { createInvoke } from './invoke.ts';
import { loadApp, provideCore } from './loadApp.ts';
import type { HostOptions, Settings } from './options.ts';
import type { Listener } from './queueListener.ts';
import { queueData, readQueueTrigger, startQueueTrigger } from './queueTrigger.ts';
import { createRoutes } from './routes.ts';
import type { OpenStorage } from './storageConnections.ts';
import { readTimerTrigger, startTimer } from './timerTrigger.ts';
import { findTriggers, type TriggeredFunction } from './triggers.ts';

export type RunningHost = {
  url: string;
  functions: string[];
  /** Takes nothing new, lets what runs end within the grace time, runs the appTerminate hooks, closes everything. */
  close(): Promise<void>;
};

/** As long as the real host gives its worker to end. */
const GRACE_MS = 5000;
const DEFAULT_BODY_LIMIT = 104_857_600;

/** Loads the app into this process, once, and serves it. @throws what the real host, or this one, refuses the app for */
export async function openHost(options: HostOptions, settings: Settings, log: Log): Promise<RunningHost> {
  const { appDirectory, pollIntervalMs, visibilitySeconds } = options;
  const core = createCore(log);
  provideCore(core);
  await loadApp(core, appDirectory);

  const hostJson = await readHostJson(appDirectory);
  const found = findTriggers(core);
  const findRoute = createRoutes(found, hostJson.routePrefix);
  const openStorage = await storageOpener(
    found,
    settings,
    options.identityHeader ?? settings.IDENTITY_HEADER,
  );
  const of = (type: string) => found.filter((each) => each.type === type);
  const blobs = of('blobTrigger').map((each) => readBlobTrigger(each, settings, openStorage));
  const queues = of('queueTrigger').map((each) => readQueueTrigger(each, settings, openStorage));
  const timers = of('timerTrigger').map((each) => readTimerTrigger(each, settings));

  const invoke = createInvoke(core);
  const warn = (message: string) => log({ level: 'warning', category: 'host', message });
  const listening = { pollIntervalMs, visibilitySeconds, invoke, warn };
  const listeners: Listener[] = [];
  const byHand = new Map<string, StartByHand>();

  const blobTriggers =
    blobs.length > 0
      ? await startBlobTriggers({
          ...listening,
          triggers: blobs,
          hostId: settings.AzureFunctionsWebHost__hostid || (await createHostId(appDirectory)),
          hostStorage: openStorage('AzureWebJobsStorage', 'the host itself, for its blob triggers'),
          limits: hostJson.blobs,
        })
      : undefined;
  if (blobTriggers) listeners.push(blobTriggers);
  for (const trigger of queues) {
    listeners.push(startQueueTrigger({ ...listening, trigger, limits: hostJson.queues }));
    byHand.set(trigger.functionName.toLowerCase(), (input) => {
      const data = queueData(trigger, Buffer.from(input));
      invoke(trigger.target, { name: trigger.bindingName, data }).catch(() => undefined);
    });
  }
  for (const trigger of timers) {
    const timer = startTimer(trigger, invoke);
    listeners.push(timer);
    byHand.set(trigger.functionName.toLowerCase(), () => void timer.fire());
  }

  const bodyLimit = Number(settings.FUNCTIONS_REQUEST_BODY_SIZE_LIMIT || DEFAULT_BODY_LIMIT);
  const events = {
    triggers: blobs,
    queue: blobTriggers?.queue,
    systemKey: options.systemKey,
    bodyLimit,
    log,
  };
  const server = await startHttpServer({
    port: options.port,
    builtIn: {
      '/admin/functions/': createAdminFunctions(byHand, bodyLimit),
      '/runtime/webhooks/blobs': createBlobEvents(events),
    },
    functions: createHttpFunctions({ findRoute, invoke, functionKey: options.functionKey, bodyLimit }),
    log,
  });

  return {
    url: server.origin,
    functions: found.map((each) => each.functionName),
    async close() {
      const grace = new AbortController();
      const drained = Promise.all([server.drain(), ...listeners.map((listener) => listener.drain())]);
      await Promise.race([drained, pause(GRACE_MS, grace.signal)]);
      grace.abort();
      await server.close();
      await core.hooks.run('appTerminate', { hookData: {}, appHookData: core.appHookData });
    },
  };
}

/** The storage SDKs take half a second to load, which an app without such triggers need not wait for. */
async function storageOpener(
  triggers: readonly TriggeredFunction[],
  settings: Settings,
  identityHeader: string | undefined,
): Promise<OpenStorage> {
  if (!triggers.some(({ type }) => type === 'blobTrigger' || type === 'queueTrigger')) {
    return (name) => {
      throw new Error(
        `No trigger of this app is one of storage, yet the connection "${name}" was asked for.`,
      );
    };
  }
  const { createStorageConnections } = await import('./storageConnections.ts');
  return createStorageConnections(settings, identityHeader);
}

/** The same for every host of one app on one machine, so that they share queue and receipts. */
async function createHostId(appDirectory: string): Promise<string> {
  const hash = createHash('sha256').update(await realpath(appDirectory));
  return `local-${hash.digest('hex').slice(0, 16)}`;
}
