import { startLocalAzure } from '../../local/azure/start.ts';
import { createCertificate } from '../../local/certificate.ts';
import { createClosing } from '../../local/closing.ts';
import { drawPicture } from '../../local/drawing/picture.ts';
import { startIdentityEndpoint } from '../../local/identity/endpoint.ts';
import { keylessHere } from './inProcess.ts';
import { startTestStack } from './journeys.ts';
import { trust } from './trust.ts';

/** Somebody with the command line, the app’s own surroundings and a subscription. */
export type Operator = {
  run(args: readonly string[]): Promise<{ code: number | null; out: string; err: string }>;
  drop(...names: string[]): Promise<void>;
  /** Pictures that cannot be decoded. */
  dropBroken(...names: string[]): Promise<void>;
  ids: {
    /** A function app without identity. */
    site: string;
    /** One with a system-assigned identity. */
    worker: string;
    identities: readonly [string, string];
    /** The prediction account. */
    account: string;
    storage: string;
  };
  /** The address of a container that is not there yet. */
  container: string;
  /** Secrets in the environment of every command, by name. */
  canaries: Readonly<Record<string, string>>;
  /** Every service refuses everybody until told to end. */
  fail(): { end(): void };
  close(): Promise<void>;
};

/** Commands that speak with ARM and Graph; the others with the app’s own services. */
const OF_THE_SUBSCRIPTION = new Set(['identity', 'grant', 'revoke']);

export async function startOperator(): Promise<Operator> {
  const closing = createClosing();
  try {
    const [stack, tenant, certificate] = await Promise.all([
      startTestStack({ modelSettings: { fruit: { rate: 1_000 } }, trainingPictures: { count: 6 } }).then(
        closing.add,
      ),
      startIdentityEndpoint().then(closing.add),
      createCertificate(),
    ]);
    closing.add({ close: certificate.remove });
    closing.add(trust(certificate.authority));
    closing.add(trust(stack.certificate.authority));
    const azure = closing.add(await startLocalAzure({ identity: tenant, certificate }));
    const { training } = stack;
    const group = `/subscriptions/${azure.subscriptionId}/resourceGroups/orchard/providers`;
    const identity = (name: string) => {
      const type = 'Microsoft.ManagedIdentity/userAssignedIdentities';
      return azure.put({ id: `${group}/${type}/${name}`, type, location: 'westeurope' }).id;
    };
    const ids = {
      identities: [identity('first'), identity('second')] as const,
      site: azure.put({
        id: `${group}/Microsoft.Web/sites/keyless-app`,
        type: 'Microsoft.Web/sites',
        kind: 'functionapp,linux',
        location: 'westeurope',
      }).id,
      worker: azure.put({
        id: `${group}/Microsoft.Web/sites/worker`,
        type: 'Microsoft.Web/sites',
        kind: 'functionapp,linux',
        location: 'westeurope',
        identity: { type: 'SystemAssigned' },
      }).id,
      account: azure.put({
        id: `${group}/Microsoft.CognitiveServices/accounts/orchard-prediction`,
        type: 'Microsoft.CognitiveServices/accounts',
        kind: 'CustomVision.Prediction',
        location: 'westeurope',
      }).id,
      storage: azure.put({
        id: `${group}/Microsoft.Storage/storageAccounts/orchardpictures`,
        type: 'Microsoft.Storage/storageAccounts',
        location: 'westeurope',
      }).id,
    };
    azure.servicePrincipals.add({
      displayName: 'Keyless Vision API',
      servicePrincipalNames: ['api://keyless-vision'],
      appRoles: [
        { id: '7f4a2c1e-0b6d-4f3a-9c58-1d2e3f4a5b6c', value: 'Images.Predict' },
        { id: '2b8e6d40-5a17-4c93-8f2d-6e7f8a9b0c1d', value: 'Predictions.Read' },
      ],
    });

    const canaries = {
      'identity header': stack.settings.IDENTITY_HEADER ?? '',
      'client secret': 'canary-client-secret-4711',
      'instrumentation key': 'canary-instrumentation-key-4711',
      'storage key': 'Y2FuYXJ5LXN0b3JhZ2Uta2V5LTQ3MTE=',
    };
    const planted = {
      AZURE_CLIENT_SECRET: canaries['client secret'],
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${canaries['instrumentation key']}`,
      OTHER_STORAGE: `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${canaries['storage key']}`,
      AZURE_SUBSCRIPTION_ID: azure.subscriptionId,
    };
    const draw = async (name: string, at: number) =>
      stack.uploader.drop(name, (await drawPicture(70_000_000 + at, { size: 96 })).jpeg);
    const refuse = (refused: boolean) => {
      stack.prediction.firewall = refused;
      training.firewall = refused;
      azure.faults.always(refused ? 403 : undefined);
    };
    return {
      ids,
      container: `${stack.azurite.blobServiceUri.replace(/\/$/u, '')}/home`,
      canaries,
      run: (args) => {
        const subscription = OF_THE_SUBSCRIPTION.has(args[0] ?? '') || args.includes('--app');
        const own = {
          ...planted,
          ...(args[0] === 'projects' && { VISION_TRAINING_ENDPOINT: training.url }),
          ...(subscription && azure.environment),
        };
        return keylessHere(args, { ...(subscription ? {} : stack.commandEnvironment), ...own });
      },
      async drop(...names) {
        await Promise.all(names.map(draw));
      },
      async dropBroken(...names) {
        await Promise.all(names.map((name) => stack.uploader.drop(name, Buffer.from('no picture'))));
      },
      fail() {
        refuse(true);
        return { end: () => refuse(false) };
      },
      close: closing.close,
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
