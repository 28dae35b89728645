import { fileURLToPath } from 'node:url';
import { type Azurite, startAzurite } from './azurite.ts';
import { type Certificate, createCertificate } from './certificate.ts';
import { createClosing } from './closing.ts';
import { type Host, type LogEntry, type StartHostOptions, startHost } from './host/start.ts';
import type { IdentityEndpoint } from './identity/contract.ts';
import { startIdentityEndpoint } from './identity/endpoint.ts';
import { SYSTEM_ASSIGNED } from './identity/identities.ts';
import { SAMPLE_MODELS, startPredictors } from './models.ts';
import { DEFAULT_PROJECT_ID } from './prediction/models.ts';
import type { Predictor } from './prediction/predictor.ts';
import { type PredictionServer, startPredictionServer } from './prediction/server.ts';
import { startTargets, type Targets } from './targets/start.ts';
import type { TrainingApi } from './trainingApi/contract.ts';
import { projectsOf } from './trainingApi/projects.ts';
import type { DrawnPictures } from './trainingApi/samples.ts';
import { startTrainingApi, TRAINING_ACCOUNT } from './trainingApi/server.ts';
import { createUploader, type Uploader } from './uploader.ts';

/** The function key of the local host; it opens nothing else. */
export const LOCAL_FUNCTION_KEY = 'local';
const APP_DIRECTORY = fileURLToPath(new URL('..', import.meta.url));
const CONTAINERS = { images: 'images', predictions: 'predictions' };

/** Everything the app needs, on this machine: storage, identity endpoint, prediction server; and hosts that run the bundle. */
export type Stack = {
  azurite: Azurite;
  identity: IdentityEndpoint;
  prediction: PredictionServer;
  training: TrainingApi;
  uploader: Uploader;
  /** Those who are told of documents; undefined where nobody is. */
  targets: Targets | undefined;
  /** Of its storage, for other servers beside it. */
  certificate: Certificate;
  /** The app’s settings, as they would stand in Azure but for the addresses. */
  settings: Readonly<Record<string, string>>;
  /** The same for a command beside the app, with the training account and the authority to trust. */
  commandEnvironment: Readonly<Record<string, string>>;
  /** Starts a functions host over the bundle; settings given here go before the stack’s own. */
  startHost(options?: StackHostOptions): Promise<Host>;
  close(): Promise<void>;
};

export type StackHostOptions = {
  settings?: Record<string, string>;
  port?: number;
  pollIntervalMs?: number;
  visibilitySeconds?: number;
  onLog?: (entry: LogEntry) => void;
};

export type StackOptions = {
  /** Members of a model’s entry in VISION_MODELS, by name: its rate, its threshold. */
  modelSettings?: Readonly<Record<string, Record<string, unknown>>>;
  /** Unpacked exports by published name, beside the sample models. */
  models?: Readonly<Record<string, string>>;
  /** An emulator that runs already, with its certificate; closed with the stack. */
  storage?: { azurite: Azurite; certificate: Certificate };
  /** Of each of its hosts, unless that is given options of its own. */
  hosts?: Pick<StartHostOptions, 'hostFile' | 'pollIntervalMs'>;
  /** The rules of NOTIFY, over the local targets. */
  notify?: (to: Targets['to']) => unknown[];
  /** Drawn pictures in the training project, whose iterations then can be exported. */
  trainingPictures?: DrawnPictures;
  /** Models that run already, in place of the samples; whoever started them closes them. */
  predictors?: Record<string, Predictor>;
};

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const closing = createClosing();
  try {
    const certificate = options.storage?.certificate ?? (await createCertificate());
    closing.add({ close: certificate.remove });
    const startModels = async () =>
      options.predictors ??
      closing.add(await startPredictors({ ...SAMPLE_MODELS, ...options.models })).models;
    const [azurite, identity, models] = await Promise.all([
      options.storage
        ? closing.add(options.storage.azurite)
        : startAzurite({ certificate }).then(closing.add),
      startIdentityEndpoint().then(closing.add),
      startModels(),
    ]);
    const prediction = closing.add(await startPredictionServer({ models, identity }));
    const training = closing.add(await startTraining(identity, models, options.trainingPictures));
    const uploader = await createUploader(
      { ...azurite, authority: certificate.authority },
      identity,
      CONTAINERS,
    );
    const targets = options.notify && closing.add(await startTargets(identity, certificate));
    const hostIdentityHeader = identity.addCaller('functions host');
    const settings = {
      AzureWebJobsStorage: azurite.connectionString,
      ImageStorage__blobServiceUri: azurite.blobServiceUri,
      ImageStorage__queueServiceUri: azurite.queueServiceUri,
      IMAGES_CONTAINER: CONTAINERS.images,
      PREDICTIONS_CONTAINER: CONTAINERS.predictions,
      BLOB_TRIGGER_SOURCE: 'LogsAndContainerScan',
      VISION_MODELS: JSON.stringify(modelSettings(prediction.url, models, options.modelSettings)),
      ...(targets && options.notify && { NOTIFY: JSON.stringify(options.notify(targets.to)) }),
      ...identity.environment,
      KEYLESS_HOST_IDENTITY_HEADER: hostIdentityHeader,
    };
    return {
      azurite,
      identity,
      prediction,
      training,
      uploader,
      targets,
      certificate,
      settings,
      commandEnvironment: {
        ...settings,
        VISION_TRAINING_ENDPOINT: training.url,
        NODE_EXTRA_CA_CERTS: certificate.authorityPath,
      },
      async startHost({ settings: own, ...host } = {}) {
        const started = await startHost({
          appDirectory: APP_DIRECTORY,
          functionKey: LOCAL_FUNCTION_KEY,
          extraCaCertificatePath: certificate.authorityPath,
          settings: { ...settings, ...own },
          ...options.hosts,
          ...host,
        });
        closing.add({ close: () => started.stop() });
        return started;
      },
      close: closing.close,
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** One project, as the prediction server has it. */
async function startTraining(
  identity: IdentityEndpoint,
  models: Record<string, Predictor>,
  pictures: DrawnPictures | undefined,
): Promise<TrainingApi> {
  identity.assignments.grant(
    SYSTEM_ASSIGNED.objectId,
    TRAINING_ACCOUNT,
    'Cognitive Services Custom Vision Trainer',
  );
  const projects = projectsOf(models, () => DEFAULT_PROJECT_ID);
  if (!pictures) return startTrainingApi({ identity, projects });
  const { exportsIn, withPictures } = await import('./trainingApi/samples.ts');
  const folders = Object.entries(models).flatMap(([name, { iterationId }]) => {
    const folder = SAMPLE_MODELS[name];
    return folder === undefined ? [] : [[iterationId, folder] as const];
  });
  return startTrainingApi({
    identity,
    projects: await Promise.all(projects.map((project) => withPictures(project, pictures))),
    exported: await exportsIn(Object.fromEntries(folders)),
  });
}

/** Pictures below boxes/ go to the detectors, all others to the classifiers of the same folder name. */
function modelSettings(
  endpoint: string,
  models: Record<string, { task: 'classify' | 'detect' }>,
  own: StackOptions['modelSettings'] = {},
): Record<string, unknown> {
  const paths = (name: string) => {
    if (name === 'fruit') return ['fruit/**', '*'];
    return name === 'fruit-boxes' ? ['boxes/**'] : [`${name}/**`];
  };
  return Object.fromEntries(
    Object.entries(models).map(([name, { task }]) => [
      name,
      {
        endpoint,
        projectId: DEFAULT_PROJECT_ID,
        publishedName: name,
        task,
        paths: paths(name),
        ...own[name],
      },
    ]),
  );
}
