import { readSettings, type Settings } from '../../src/settings/settings.ts';

export const PROJECT_ID = '7b1d4c9e-0a36-4f5b-8e2d-5c6f7a8b9d01';
export const ENDPOINT = 'https://fruit.cognitiveservices.azure.com';
export const PREDICTION_URL = `${ENDPOINT}/customvision/v3.1/Prediction/${PROJECT_ID}/classify/iterations/fruit/image`;

type Environment = Record<string, string | undefined>;

/** The least that an app in Azure has in its environment; `own` goes before it. */
export const environment = (own: Environment = {}): Environment => ({
  ImageStorage__blobServiceUri: 'https://orchard.blob.core.windows.net',
  ImageStorage__queueServiceUri: 'https://orchard.queue.core.windows.net',
  VISION_PREDICTION_URL: PREDICTION_URL,
  IDENTITY_ENDPOINT: 'http://127.0.0.1:41111/msi/token',
  IDENTITY_HEADER: '8f1b',
  ...own,
});

/** With VISION_MODELS as the one way to name models. */
export const withModels = (models: unknown): Environment =>
  environment({
    VISION_PREDICTION_URL: undefined,
    VISION_MODELS: typeof models === 'string' ? models : JSON.stringify(models),
  });

/** The settings of an environment that is right; fails, naming the problems, where it is not. */
export function settingsOf(own: Environment): Settings {
  const { settings, problems } = readSettings(own);
  if (!settings) throw new Error(`Expected good settings: ${JSON.stringify(problems)}`);
  return settings;
}

/** The names of the settings that are wrong. */
export const wrong = (own: Environment): string[] => readSettings(own).problems.map(({ setting }) => setting);
