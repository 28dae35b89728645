import { deploy, type Files, SUBSCRIPTION_ID } from '../bicep/deployment.ts';
import type { Scenario } from './finding.ts';

const elsewhere = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/shared/providers`;
const PROJECT = '22222222-2222-4222-8222-222222222222';
export const PREDICTION_URL = `https://fruit.cognitiveservices.azure.com/customvision/v3.1/Prediction/${PROJECT}/classify/iterations/fruit/image`;

const SCENARIOS: Record<string, Record<string, unknown>> = {
  'as it comes': { visionPredictionUrl: PREDICTION_URL },
  'system-assigned identity, no network': {
    identityKind: 'SystemAssigned',
    visionModels: { fruit: { projectId: PROJECT, publishedName: 'fruit', task: 'classify' } },
  },
  'both identities, delivery by queue': {
    identityKind: 'SystemAssigned,UserAssigned',
    eventDelivery: 'queue',
    visionPredictionUrl: PREDICTION_URL,
    alwaysReadyInstances: 2,
    zoneRedundant: true,
    deployerPrincipalId: 'deployer',
  },
  'an identity and accounts that exist': {
    existingIdentityId: `${elsewhere}/Microsoft.ManagedIdentity/userAssignedIdentities/ours`,
    predictionAccountId: `${elsewhere}/Microsoft.CognitiveServices/accounts/fruit`,
    visionModels: { boxes: { projectId: PROJECT, publishedName: 'boxes', task: 'detect', rate: 2 } },
    visionRole: 'Predictor',
  },
  'private network, app roles': {
    networkIsolation: true,
    eventDelivery: 'queue',
    callerAuth: 'entra',
    entraAudience: '33333333-3333-4333-8333-333333333333',
    visionPredictionUrl: PREDICTION_URL,
    urlHosts: 'pictures.example.org',
    ui: 'off',
    reconcileSchedule: '0 */15 * * * *',
  },
  'mail, alerts, another tier': {
    mail: true,
    alertEmail: 'operator@example.org',
    visionSku: 'F0',
    accountRate: 2,
    instanceRate: 1,
    nodeVersion: '22',
    instanceMemoryMB: 4096,
    imagesContainer: 'pictures-in',
    predictionsContainer: 'documents-out',
    visionPredictionUrl: PREDICTION_URL,
  },
};

/** Every kind of deployment the parameters allow, once. */
export function deployAll(files: Files): Scenario[] {
  const main = Object.entries(SCENARIOS).map(([name, given]) => {
    const parameters = { environmentName: 'demo', location: 'westeurope', ...given };
    return { name, parameters, deployment: deploy(files, 'infra/main.bicep', parameters) };
  });
  const byQueue = { topicName: 'evgt-demo', imageStorageName: 'stimagedemo' };
  const after = { ...byQueue, functionAppName: 'func-demo', imagesContainer: 'pictures-in' };
  const scope = { subscriptionId: SUBSCRIPTION_ID, group: 'rg-demo-vision', location: 'westeurope' };
  const callers = {
    environmentName: 'demo',
    predictCallers: ['caller'],
    readCallers: ['caller'],
  };
  return [
    ...main,
    {
      name: 'the webhook, after the code',
      parameters: after,
      deployment: deploy(files, 'infra/events-subscription.bicep', after, scope),
    },
    {
      name: 'the queue, after the roles',
      parameters: byQueue,
      deployment: deploy(files, 'infra/events-queue.bicep', byQueue, scope),
    },
    {
      name: 'the app registration',
      parameters: callers,
      deployment: deploy(files, 'infra/entra/main.bicep', callers),
    },
  ];
}
