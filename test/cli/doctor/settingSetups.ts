import { USER_ASSIGNED } from '../../../local/identity/identities.ts';
import { DEFAULT_PROJECT_ID } from '../../../local/prediction/models.ts';
import { changeModels, remove, type Setup } from './setup.ts';

const API = 'b7d1c0de-0000-4000-8000-000000000a72';
const PREDICTION_PATH = `/customvision/v3.1/Prediction/${DEFAULT_PROJECT_ID}/classify/iterations/fruit/image`;

/** The emulator’s usual ports stand for those of the test’s own. */
const emulator = ({ stack }: { stack: { azurite: { connectionString: string } } }) => ({
  'UseDevelopmentStorage=true': stack.azurite.connectionString,
});

export const settingSetups: readonly Setup[] = [
  {
    name: 'a regional endpoint',
    pitfalls: '4',
    spoil: (environment) =>
      changeModels(environment, { endpoint: 'https://westeurope.api.cognitive.microsoft.com' }, 'fruit'),
    cause: 'settings',
    says: /VISION_MODELS\.fruit\.endpoint: expected .*regional address takes no tokens/u,
    known: ({ stack }) => ({ '<endpoint>': stack.prediction.url }),
  },
  {
    name: 'the whole prediction URL as endpoint',
    pitfalls: '6',
    spoil(environment, { stack }) {
      remove(environment, 'VISION_MODELS');
      environment.VISION_ENDPOINT = stack.prediction.url + PREDICTION_PATH;
      environment.VISION_TASK = 'classify';
    },
    cause: 'settings',
    says: /VISION_ENDPOINT: expected the address alone.* And 2 more/u,
  },
  {
    name: 'two ways to select an identity',
    pitfalls: '14',
    spoil(environment) {
      environment.MANAGED_IDENTITY_CLIENT_ID = USER_ASSIGNED.clientId;
      environment.MANAGED_IDENTITY_OBJECT_ID = USER_ASSIGNED.objectId;
    },
    cause: 'settings',
    says: /MANAGED_IDENTITY_CLIENT_ID and MANAGED_IDENTITY_OBJECT_ID: expected at most one/u,
  },
  {
    name: 'a local run that would look for a managed identity',
    pitfalls: '15',
    spoil(environment) {
      remove(environment, 'IDENTITY_ENDPOINT', 'IDENTITY_HEADER');
      environment.AZURE_TOKEN_CREDENTIALS = 'prod';
    },
    cause: 'settings',
    says: /AZURE_TOKEN_CREDENTIALS: expected one of dev, .*, got "prod"/u,
  },
  {
    name: 'the cloud’s identity settings on this machine',
    pitfalls: '16, 27',
    spoil(environment) {
      remove(environment, 'IDENTITY_ENDPOINT', 'IDENTITY_HEADER');
      environment.ImageStorage__credential = 'managedidentity';
      environment.ImageStorage__clientId = USER_ASSIGNED.clientId;
    },
    cause: 'image-connection',
    says: /ImageStorage__credential is the cloud’s: this machine has no managed identity/u,
  },
  {
    name: 'no AzureWebJobsStorage',
    pitfalls: '27',
    spoil: (environment) => remove(environment, 'AzureWebJobsStorage'),
    cause: 'host-connection',
    says: /Neither AzureWebJobsStorage nor .* is set, so the host does not start/u,
    known: emulator,
  },
  {
    name: 'one underscore instead of two',
    pitfalls: '25',
    spoil(environment) {
      environment.ImageStorage_blobServiceUri = environment.ImageStorage__blobServiceUri ?? '';
      remove(environment, 'ImageStorage__blobServiceUri');
    },
    cause: 'image-connection',
    says: /ImageStorage_blobServiceUri is no setting .* reads ImageStorage__blobServiceUri/u,
  },
  {
    name: 'no queue service URI',
    pitfalls: '25',
    spoil: (environment) => remove(environment, 'ImageStorage__queueServiceUri'),
    cause: 'image-connection',
    says: /ImageStorage__queueServiceUri is not set; the blob trigger needs both/u,
    known: ({ gates }) => ({ 'https://<account>.queue.core.windows.net': gates.queue.url }),
  },
  {
    name: 'an address without https://',
    pitfalls: '25',
    spoil(environment) {
      environment.ImageStorage__blobServiceUri =
        environment.ImageStorage__blobServiceUri?.replace('https://', '') ?? '';
    },
    cause: 'image-connection',
    says: /ImageStorage__blobServiceUri does not begin with https:\/\//u,
  },
  {
    name: 'plain ImageStorage beside the URIs',
    pitfalls: '25',
    spoil(environment, { stack }) {
      environment.ImageStorage = stack.azurite.connectionString;
    },
    cause: 'image-connection',
    says: /ImageStorage is set beside .*: the plain one wins/u,
  },
  {
    name: 'the plain serviceUri form',
    pitfalls: '25',
    spoil(environment, { stack }) {
      remove(environment, 'AzureWebJobsStorage');
      environment.AzureWebJobsStorage__serviceUri = stack.azurite.blobServiceUri;
    },
    cause: 'host-connection',
    says: /AzureWebJobsStorage__serviceUri tells the blob service alone: .*405/u,
    known: ({ gates }) => ({ 'https://<account>.queue.core.windows.net': gates.queue.url }),
  },
  {
    name: 'a client id without credential',
    pitfalls: '25',
    spoil(environment) {
      environment.ImageStorage__clientId = USER_ASSIGNED.clientId;
    },
    cause: 'image-connection',
    says: /ImageStorage__clientId without ImageStorage__credential/u,
  },
  {
    name: 'an API’s app registration as AZURE_CLIENT_ID',
    pitfalls: '25 (3.6)',
    spoil(environment, { stack }) {
      Object.assign(environment, {
        AZURE_CLIENT_ID: API,
        CALLER_AUTH: 'entra',
        ENTRA_TENANT_ID: stack.identity.tenantId,
        ENTRA_AUDIENCE: API,
        ENTRA_AUTHORITY: stack.identity.authority,
      });
    },
    cause: 'azure-client-id',
    says: /AZURE_CLIENT_ID is the API’s app registration .* does not start/u,
  },
  {
    name: 'the emulator over http, with tokens',
    pitfalls: '28',
    spoil(environment, { gates }) {
      environment.ImageStorage__blobServiceUri = gates.blob.url.replace('https:', 'http:');
    },
    cause: 'image-connection',
    says: /an emulator over http, which takes no tokens/u,
    known: emulator,
  },
  {
    name: 'Event Grid, with the emulator',
    pitfalls: '22',
    spoil(environment) {
      environment.BLOB_TRIGGER_SOURCE = 'EventGrid';
    },
    cause: 'trigger',
    says: /the emulator sends no events: no picture is ever seen/u,
  },
  {
    name: 'scanning, on Flex Consumption',
    pitfalls: '22',
    spoil(environment) {
      remove(environment, 'AzureWebJobsStorage');
      Object.assign(environment, {
        WEBSITE_SITE_NAME: 'orchard',
        WEBSITE_RESOURCE_GROUP: 'orchard-group',
        WEBSITE_SKU: 'FlexConsumption',
        AzureWebJobsStorage__accountName: 'orchard',
        ImageStorage__blobServiceUri: 'https://orchard.blob.storage.invalid',
        ImageStorage__queueServiceUri: 'https://orchard.queue.storage.invalid',
      });
    },
    cause: 'trigger',
    says: /LogsAndContainerScan, which Flex Consumption does not run/u,
  },
  {
    name: 'a scope as audience',
    pitfalls: '19',
    spoil(environment, { stack }) {
      Object.assign(environment, {
        CALLER_AUTH: 'entra',
        ENTRA_TENANT_ID: stack.identity.tenantId,
        ENTRA_AUDIENCE: `api://${API}/.default`,
        ENTRA_AUTHORITY: stack.identity.authority,
      });
    },
    cause: 'settings',
    says: /ENTRA_AUDIENCE: expected the App ID URI alone: \/\.default belongs to the scope/u,
  },
  {
    name: 'a schedule without its seconds',
    pitfalls: 'settings',
    spoil(environment) {
      environment.RECONCILE_SCHEDULE = '*/15 * * * *';
    },
    cause: 'settings',
    says: /RECONCILE_SCHEDULE: expected six fields: seconds come first, 0 \*\/15/u,
  },
  {
    name: 'a path that is to be excepted',
    pitfalls: 'settings',
    spoil: (environment) => changeModels(environment, { paths: ['fruit/**', '*', '!fruit/raw/**'] }, 'fruit'),
    cause: 'settings',
    says: /VISION_MODELS\.fruit\.paths: expected .*nothing can be excepted with !/u,
  },
  {
    name: 'an address among the hosts of urls',
    pitfalls: 'settings',
    spoil(environment) {
      environment.URL_HOSTS = 'https://pictures.example';
    },
    cause: 'settings',
    says: /URL_HOSTS: expected the host alone, pictures\.example/u,
    known: () => ({ '<hosts>': 'pictures.example' }),
  },
  {
    name: 'results written where pictures are dropped',
    pitfalls: '30',
    spoil(environment) {
      environment.PREDICTIONS_CONTAINER = 'images';
    },
    cause: 'settings',
    says: /PREDICTIONS_CONTAINER: expected another container than IMAGES_CONTAINER/u,
  },
];
