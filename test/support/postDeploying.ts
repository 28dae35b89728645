import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { LocalAzure } from '../../local/azure/start.ts';
import { bundled } from './lend.ts';

const SCRIPT = await bundled('postDeploy');
const APP_HOST = 'func-orchard.azurewebsites.net';

/** What azd hands to its hooks: the outputs of infra/main.bicep. */
export const azdEnvironment = (own: Record<string, string> = {}): Record<string, string> => ({
  AZURE_SUBSCRIPTION_ID: '00000000-0000-0000-0000-000000000000',
  AZURE_RESOURCE_GROUP: 'rg-orchard',
  FUNCTION_APP_NAME: 'func-orchard',
  FUNCTION_APP_HOST: APP_HOST,
  IMAGE_STORAGE_ACCOUNT_NAME: 'stimageorchard',
  IMAGE_BLOB_SERVICE_URI: 'https://stimageorchard.blob.core.windows.net/',
  IMAGES_CONTAINER: 'images',
  PREDICTIONS_CONTAINER: 'predictions',
  DEAD_LETTER_CONTAINER: 'dead-letters',
  EVENT_DELIVERY: 'webhook',
  EVENT_QUEUE: 'picture-events',
  SYSTEM_TOPIC_NAME: 'evgt-orchard',
  EVENT_SUBSCRIPTION_NAME: 'pictures',
  VISION_PREDICTION_URL: 'https://cv-orchard.cognitiveservices.azure.com/…',
  ...own,
});

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-orchard/providers';
export const SITE = `${GROUP}/Microsoft.Web/sites/func-orchard`;
export const TOPIC = `${GROUP}/Microsoft.EventGrid/systemTopics/evgt-orchard`;
export const ACCOUNT = `${GROUP}/Microsoft.Storage/storageAccounts/stimageorchard`;
export const SUBSCRIPTION = `${TOPIC}/eventSubscriptions/pictures`;

/** What the template leaves in the resource group. */
export function provision(azure: LocalAzure): void {
  azure.put({
    id: SITE,
    type: 'Microsoft.Web/sites',
    location: 'westeurope',
    kind: 'functionapp,linux',
    properties: { defaultHostName: APP_HOST },
  });
  azure.put({ id: ACCOUNT, type: 'Microsoft.Storage/storageAccounts', location: 'westeurope' });
  azure.put({
    id: TOPIC,
    type: 'Microsoft.EventGrid/systemTopics',
    location: 'westeurope',
    properties: { source: ACCOUNT, topicType: 'Microsoft.Storage.StorageAccounts' },
  });
}

export type Ran = { code: number | null; out: string; err: string };

/** The script in a process of its own, with azd's variables and the operator's sign-in, and nothing else. */
export const postDeploy = (
  azure: LocalAzure,
  args: readonly string[],
  own: Record<string, string> = {},
): Promise<Ran> => startPostDeploy(azure, args, own).finished;

export function startPostDeploy(
  azure: LocalAzure,
  args: readonly string[],
  own: Record<string, string> = {},
): { child: ChildProcess; finished: Promise<Ran> } {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env: {
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      ...azure.environment,
      ...azdEnvironment(own),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }));
  return { child, finished };
}
