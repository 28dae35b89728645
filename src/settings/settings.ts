import { KeylessError } from '../errors/errors.ts';
import { type CallerAuth, readCallers } from './callers.ts';
import { type ContainerNames, readContainers } from './containers.ts';
import { type EventDelivery, poisonQueueOf, readEvents } from './events.ts';
import { type IdentityChoice, readIdentity } from './identity.ts';
import { type ImageStorage, readImageStorage } from './imageStorage.ts';
import {
  addressed,
  asModel,
  type ExportModel,
  isExport,
  isService,
  type Model,
  overlaps,
  readAddress,
  readModels,
  type ServiceModel,
} from './models.ts';
import { type Rule, readNotify } from './notify.ts';
import { notifyNotices } from './notifyNotices.ts';
import { readPredictionUrl } from './predictionUrl.ts';
import { describe, type Problem, type Problems, shown } from './problem.ts';
import { readWays } from './proxies.ts';
import { readSchedule } from './schedule.ts';
import { readTelemetry, type TelemetryTarget } from './telemetry.ts';
import { readUrlHosts } from './urlHosts.ts';

export type {
  CallerAuth,
  EventDelivery,
  ExportModel,
  IdentityChoice,
  ImageStorage,
  Model,
  Rule,
  ServiceModel,
};
export { addressed, isExport, isService };

export type BlobTriggerSource = 'EventGrid' | 'LogsAndContainerScan';

export type Settings = Readonly<
  ContainerNames & {
    blobTriggerSource: BlobTriggerSource;
    eventDelivery: EventDelivery;
    /** Where Event Grid leaves its events with the delivery `queue`. */
    eventQueue: string;
    imageStorage: ImageStorage;
    models: readonly Model[];
    identity: IdentityChoice;
    /** Who may call over HTTP. */
    callers: CallerAuth;
    /** Whether there is the page. */
    ui: 'on' | 'off';
    /** Hosts that {"url": …} may name, lower case; empty: urls are refused. */
    urlHosts: readonly string[];
    /** When the reconcile function looks for pictures without a document (six-field NCRONTAB); undefined: never. */
    reconcileSchedule: string | undefined;
    /** Who else is told of which documents; empty: nobody. */
    notify: readonly Rule[];
    /** Where traces and metrics go; undefined: nowhere. */
    telemetry: TelemetryTarget | undefined;
  }
>;

/** What registering the functions needs; always usable, so that a misconfigured app still registers them. */
export type Registration = Pick<
  Settings,
  'imagesContainer' | 'blobTriggerSource' | 'eventDelivery' | 'eventQueue' | 'callers' | 'ui'
>;

export type LoadedSettings = {
  registration: Registration;
  problems: readonly Problem[];
  /** What is no fault, but may not be meant. */
  notices: readonly string[];
  settings: Settings | undefined;
};

type Environment = Readonly<Record<string, string | undefined>>;
type Get = (name: string) => string | undefined;

/** Reads and checks all settings; reports every problem at once and never throws. An empty value counts as not set. */
export function readSettings(environment: Environment = process.env): LoadedSettings {
  const problems: Problem[] = [];
  const problem: Problems = (found) => problems.push(found);
  const get: Get = (name) => environment[name]?.trim() || undefined;

  const containers = readContainers(get, problem);
  const { imagesContainer } = containers;
  const blobTriggerSource = readTriggerSource(get, problem);
  const events = readEvents(get, problem);
  if ([events.eventQueue, poisonQueueOf(events.eventQueue)].includes(containers.notifyName)) {
    problem({
      setting: 'EVENT_QUEUE',
      expected: `another queue than ${containers.notifyName}, by which this app tells others; its name comes from PREDICTIONS_CONTAINER`,
      got: shown(events.eventQueue),
    });
  }
  const imageStorage = readImageStorage(get, problem);
  const models = readAllModels(get, problem);
  for (const { name, paths } of models) {
    for (const path of paths.filter((each) => each.startsWith(`${imagesContainer}/`))) {
      problem({
        setting: `VISION_MODELS.${name}.paths`,
        expected: `patterns of names within the container ${imagesContainer}, without its own name in front`,
        got: shown(path),
      });
    }
  }
  const identity = readIdentity(get, problem);
  const urlHosts = readUrlHosts(get('URL_HOSTS'), problem);
  const callers = readCallers(get, problem);
  const ui = readUi(get, problem);
  const reconcileSchedule = readSchedule(get('RECONCILE_SCHEDULE'), problem);
  readWays(environment, problem); // who goes out reads them, before there may be settings
  const notify = readNotify(get('NOTIFY'), problem);
  const telemetry = readTelemetry(get, problem);

  const registration: Registration = { imagesContainer, blobTriggerSource, ...events, callers, ui };
  const settings =
    problems.length === 0 && imageStorage
      ? {
          ...registration,
          ...containers,
          imageStorage,
          models,
          identity,
          urlHosts,
          reconcileSchedule,
          notify,
          telemetry,
        }
      : undefined;
  const notices = [...overlaps(models), ...notifyNotices(notify, models, imagesContainer, reconcileSchedule)];
  return deepFreeze({ registration, problems, notices, settings });
}

/** Whether nobody has said yet where pictures and models are: a fresh clone, where every setting is missing. */
export const isUnset = (environment: Environment): boolean =>
  !Object.entries(environment).some(
    ([name, value]) =>
      value?.trim() && /^(?:VISION_(?!TRAINING_)|ImageStorage|AzureWebJobsStorage)/iu.test(name),
  );

/** Throws SettingsInvalid, naming every problem, where the settings cannot be used. */
export function requireSettings({ settings, problems }: LoadedSettings): Settings {
  if (settings) return settings;
  throw new KeylessError('SettingsInvalid', problems.map(describe).join(' · '));
}

function readTriggerSource(get: Get, problem: Problems): BlobTriggerSource {
  const source = get('BLOB_TRIGGER_SOURCE') ?? 'EventGrid';
  if (source === 'EventGrid' || source === 'LogsAndContainerScan') return source;
  problem({
    setting: 'BLOB_TRIGGER_SOURCE',
    expected: 'EventGrid (in Azure) or LogsAndContainerScan (with the local emulator)',
    got: shown(source),
  });
  return 'EventGrid';
}

/** After a problem there is none: it may have been meant to be off. */
function readUi(get: Get, problem: Problems): 'on' | 'off' {
  const ui = get('UI') ?? 'on';
  if (ui === 'on' || ui === 'off') return ui;
  problem({ setting: 'UI', expected: 'on (the page at /api/ui) or off', got: shown(ui) });
  return 'off';
}

/** One model by four settings, when there is no VISION_MODELS. */
export const SHORT_FORM = {
  endpoint: 'VISION_ENDPOINT',
  projectId: 'VISION_PROJECT_ID',
  publishedName: 'VISION_PUBLISHED_NAME',
  task: 'VISION_TASK',
} as const;

/** VISION_MODELS, or one model named `default` in either short form. */
function readAllModels(get: Get, problem: Problems): Model[] {
  const json = get('VISION_MODELS');
  const url = get('VISION_PREDICTION_URL');
  const parts = Object.values(SHORT_FORM).filter((name) => get(name) !== undefined);
  const given = [json && 'VISION_MODELS', url && 'VISION_PREDICTION_URL', ...parts.slice(0, 1)].filter(
    Boolean,
  );
  if (given.length > 1) {
    problem({ setting: given.join(' and '), expected: 'one of the three ways to name models, not several' });
    return [];
  }
  if (json) return readModels(json, problem);
  if (url) {
    const address = readPredictionUrl('VISION_PREDICTION_URL', url, problem);
    return address ? [asModel('default', address)] : [];
  }
  if (parts.length === 0) {
    problem({
      setting: 'VISION_PREDICTION_URL',
      expected: `the prediction URL from the Custom Vision portal, or ${Object.values(SHORT_FORM).join(', ')}, or VISION_MODELS; none is set`,
    });
    return [];
  }
  const values = {
    endpoint: get(SHORT_FORM.endpoint),
    projectId: get(SHORT_FORM.projectId),
    publishedName: get(SHORT_FORM.publishedName),
    task: get(SHORT_FORM.task),
  };
  const address = readAddress(values, (part) => SHORT_FORM[part as keyof typeof SHORT_FORM], problem);
  return address ? [asModel('default', address)] : [];
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
