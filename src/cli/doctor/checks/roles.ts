import { addressed, isService } from '../../../settings/settings.ts';
import { type Check, type Finding, fault, warning } from '../check.ts';
import { type Context, once } from '../context.ts';
import { type DeployedApp, storageAccountId, visionAccounts } from '../deployedApp.ts';
import { heldRoles, judgeRoles } from '../judgeRoles.ts';
import { modelCommand } from '../modelFix.ts';
import { accountOf } from '../storageCall.ts';
import { endpointsOf } from './endpoints.ts';

/** Which of the two namespaces a prediction account checks is not documented; the roles that do name one or both. */
const PREDICT = ['CustomVision', 'CustomVision.Prediction'].map(
  (each) => `Microsoft.CognitiveServices/accounts/${each}/classify/iterations/image/nostore/action`,
);
const STORAGE = [
  {
    id: 'role:blobs',
    title: 'The identity’s role on the pictures’ blobs',
    role: 'Storage Blob Data Owner',
    action: 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write',
  },
  {
    id: 'role:queues',
    title: 'The identity’s role on their queues',
    role: 'Storage Queue Data Contributor',
    action: 'Microsoft.Storage/storageAccounts/queueServices/queues/messages/read',
  },
] as const;

/** What ARM tells of the roles of a deployed app’s identity, with the operator’s right to look. */
export function roleChecks(context: Context, app: DeployedApp): Check[] {
  const { subscriptionId } = app;
  const principalId = app.identity(context.choice)?.objectId ?? '';
  const held = once(() => heldRoles(subscriptionId, principalId));
  const accounts = once(() => visionAccounts(subscriptionId));
  const vision = endpointsOf(context).map((endpoint): Check => {
    const { host } = new URL(endpoint);
    return {
      id: `role:${host}`,
      group: 'Custom Vision account',
      title: `The identity’s role on ${host}`,
      after: ['settings', 'identity'],
      async run() {
        const account = (await accounts()).find((each) => each.endpoint === endpoint);
        if (!account) return unknownAccount(context, endpoint);
        if (account.kind === 'CustomVision.Training') return trainingAccount(context, endpoint);
        const need = {
          actions: PREDICT,
          role: 'Cognitive Services User',
          resourceId: account.id,
          principalId,
        };
        return judgeRoles(await held(), need);
      },
    };
  });
  const { imageStorage } = context.loaded.settings ?? {};
  if (!imageStorage || !('blobServiceUri' in imageStorage)) return vision;
  const name = accountOf(imageStorage.blobServiceUri);
  const storageId = once(() => storageAccountId(subscriptionId, name));
  const storage = STORAGE.map(
    ({ id, title, role, action }): Check => ({
      id,
      group: 'Storage',
      title,
      after: ['settings', 'identity'],
      async run() {
        const resourceId = await storageId();
        if (!resourceId) {
          return warning(`This subscription shows no storage account ${name} to your sign-in.`, {
            fix: 'Is the address right? Look:',
            command: 'az storage account list --query "[].primaryEndpoints.blob" --output tsv',
          });
        }
        return judgeRoles(await held(), { actions: [action], role, resourceId, principalId });
      },
    }),
  );
  return [...vision, ...storage];
}

const LIST = `az cognitiveservices account list --query "[?kind=='CustomVision.Prediction'].properties.endpoint" --output tsv`;

const setEndpoint = (context: Context, endpoint: string): string => {
  const model = context.loaded.settings?.models
    .filter(isService)
    .flatMap(addressed)
    .find((each) => each.endpoint === endpoint);
  return model ? `${LIST} && ${modelCommand(context, model, { endpoint: '<endpoint>' })}` : LIST;
};

const unknownAccount = (context: Context, endpoint: string): Finding =>
  warning(`This subscription shows no account with the endpoint ${endpoint} to your sign-in.`, {
    fix: 'It may be in another subscription; else use one of these:',
    command: setEndpoint(context, endpoint),
  });

const trainingAccount = (context: Context, endpoint: string): Finding =>
  fault(`${endpoint} is a training account; predictions are made at a prediction account.`, {
    fix: 'Use one of these:',
    command: setEndpoint(context, endpoint),
  });
