import { changeModels, remove, type Setup } from './setup.ts';

/** A port of the emulator at which nothing listens. */
const wrongPort = (connectionString: string, service: 'Blob' | 'Queue'): string =>
  connectionString.replace(new RegExp(`(${service}Endpoint=https://127\\.0\\.0\\.1:)\\d+`, 'u'), '$19');

const byConnectionString = (environment: Record<string, string>, connectionString: string) => {
  remove(environment, 'ImageStorage__blobServiceUri', 'ImageStorage__queueServiceUri');
  environment.ImageStorage = connectionString;
};

export const serviceSetups: readonly Setup[] = [
  {
    name: 'an account without a custom subdomain',
    pitfalls: '4',
    spoil(_, { stack }) {
      stack.prediction.customSubdomain = false;
    },
    cause: 'access',
    says: /custom subdomain for token authentication/u,
    known: ({ stack }) => ({
      'https://<name>.cognitiveservices.azure.com': stack.prediction.url,
      '<account>': 'keyless-vision-prediction',
      '<group>': 'orchard-group',
      '<name>': 'orchard',
    }),
    effects: ({ stack }) => ({
      'az cognitiveservices account update': () => {
        stack.prediction.customSubdomain = true;
      },
    }),
  },
  {
    name: 'an account behind a firewall',
    pitfalls: '(1.2)',
    spoil(_, { stack }) {
      stack.prediction.firewall = true;
    },
    cause: 'access',
    says: /403 .*Virtual Network\/Firewall rules/u,
    known: () => ({ '<account>': 'orchard', '<group>': 'orchard-group', '<address>': '192.0.2.7' }),
    effects: ({ stack }) => ({
      'az cognitiveservices account network-rule add': () => {
        stack.prediction.firewall = false;
      },
    }),
  },
  {
    name: 'the training account’s endpoint',
    pitfalls: '6',
    spoil: (environment, { trainingAccount }) => changeModels(environment, { endpoint: trainingAccount.url }),
    cause: 'access',
    says: /404.*Resource not found.*no prediction at this address; it may be the training account’s/u,
    known: ({ stack }) => ({ '<endpoint>': stack.prediction.url }),
  },
  {
    name: 'an endpoint whose name does not exist',
    pitfalls: '6',
    spoil: (environment) => changeModels(environment, { endpoint: 'https://orchrad.invalid' }, 'fruit'),
    cause: 'endpoint',
    says: /The name orchrad\.invalid does not resolve/u,
    known: ({ stack }) => ({ '<endpoint>': stack.prediction.url }),
  },
  {
    name: 'an endpoint that nothing listens at',
    pitfalls: '6',
    spoil: (environment) => changeModels(environment, { endpoint: 'http://127.0.0.1:9' }, 'fruit'),
    cause: 'endpoint',
    says: /127\.0\.0\.1:9 does not answer \(ECONNREFUSED\)/u,
    known: ({ stack }) => ({ '<endpoint>': stack.prediction.url }),
  },
  {
    name: 'the iteration’s name for the published name',
    pitfalls: '7',
    spoil: (environment) => changeModels(environment, { publishedName: 'Iteration 3' }, 'fruit'),
    cause: 'model:fruit',
    says: /404 NotFoundIteration .*Iteration 3/u,
    known: () => ({ '<published name>': 'fruit' }),
  },
  {
    name: 'a project of another account',
    pitfalls: '6',
    spoil: (environment) =>
      changeModels(environment, { projectId: '00000000-0000-4000-8000-000000000000' }, 'fruit'),
    cause: 'model:fruit',
    says: /404 NotFoundProject/u,
    known: ({ stack }) => ({
      '<project id>': (JSON.parse(stack.settings.VISION_MODELS ?? '') as { fruit: { projectId: string } })
        .fruit.projectId,
    }),
  },
  {
    name: 'classify on a detection project',
    pitfalls: '8',
    spoil: (environment) => changeModels(environment, { task: 'classify' }, 'fruit-boxes'),
    cause: 'model:fruit-boxes',
    says: /BadRequestOperationNotSupported/u,
  },
  {
    name: 'no container of pictures',
    pitfalls: '23',
    spoil(environment) {
      environment.IMAGES_CONTAINER = 'harvest';
    },
    cause: 'images',
    says: /The container harvest does not exist/u,
  },
  {
    name: 'no blob data role',
    pitfalls: '26',
    spoil(_, { gates }) {
      gates.blob.refusal = 'AuthorizationPermissionMismatch';
    },
    cause: 'images',
    says: /403 AuthorizationPermissionMismatch: the identity .* has no blob data role/u,
  },
  {
    name: 'no queue data role',
    pitfalls: '26',
    spoil(_, { gates }) {
      gates.queue.refusal = 'AuthorizationPermissionMismatch';
    },
    cause: 'queues',
    says: /403 AuthorizationPermissionMismatch: the identity .* has no queue data role/u,
  },
  {
    name: 'a storage firewall',
    pitfalls: '26',
    spoil(_, { gates }) {
      gates.blob.refusal = 'AuthorizationFailure';
    },
    cause: 'images',
    says: /the account’s firewall does not let this network in/u,
    known: () => ({ '<address>': '192.0.2.7' }),
    effects: ({ gates }) => ({
      'az storage account network-rule add': () => {
        gates.blob.refusal = undefined;
      },
    }),
  },
  {
    name: 'the emulator without its queue service',
    pitfalls: '28',
    spoil: (environment, { stack }) =>
      byConnectionString(environment, wrongPort(stack.azurite.connectionString, 'Queue')),
    cause: 'queues',
    says: /the emulator’s queue service does not answer at 127\.0\.0\.1:9 \(ECONNREFUSED\)/u,
    effects: ({ stack }, environment) => ({
      'npx azurite': () => byConnectionString(environment, stack.azurite.connectionString),
    }),
  },
  {
    name: 'the emulator at another port',
    pitfalls: '28',
    spoil: (environment, { stack }) =>
      byConnectionString(environment, wrongPort(stack.azurite.connectionString, 'Blob')),
    cause: 'images',
    says: /the emulator’s blob service does not answer at 127\.0\.0\.1:9 \(ECONNREFUSED\)/u,
    effects: ({ stack }, environment) => ({
      'npx azurite': () => byConnectionString(environment, stack.azurite.connectionString),
    }),
  },
  {
    name: 'an event queue that nobody made',
    pitfalls: '23',
    spoil(environment, { stack }) {
      byConnectionString(environment, stack.azurite.connectionString);
      environment.EVENT_DELIVERY = 'queue';
    },
    cause: 'queues',
    says: /The queue picture-events, where events are to come, does not exist/u,
  },
];
