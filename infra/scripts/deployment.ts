import { UsageError } from '../../src/cli/faults.ts';

/** What was deployed, as azd tells its hooks: the outputs of infra/main.bicep, and its own variables. */
export type Deployment = {
  subscriptionId: string;
  resourceGroup: string;
  functionAppName: string;
  functionAppHost: string;
  systemTopicName: string;
  eventSubscriptionName: string;
  imageStorageId: string;
  /** Without a slash at its end. */
  imageBlobServiceUri: string;
  imagesContainer: string;
  predictionsContainer: string;
  deadLetterContainer: string;
  /** Whether the app was told of a model; without one it cannot score anything yet. */
  hasModel: boolean;
  /** Whether storage is reached by private endpoints only. */
  isolated: boolean;
} & ({ delivery: 'webhook' } | { delivery: 'queue'; queue: string });

/** Reads the environment; throws UsageError, with all that is missing or wrong, where something is. */
export function readDeployment(environment: NodeJS.ProcessEnv): Deployment {
  const problems: string[] = [];
  const read = (name: string, right = /\S/u): string => {
    const value = environment[name]?.trim() ?? '';
    if (!value) problems.push(`${name} is not set`);
    else if (!right.test(value)) problems.push(`${name} is wrong: ${JSON.stringify(value)}`);
    return value;
  };
  const subscriptionId = read('AZURE_SUBSCRIPTION_ID', /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu);
  const resourceGroup = read('AZURE_RESOURCE_GROUP');
  const account = read('IMAGE_STORAGE_ACCOUNT_NAME', /^[a-z\d]{3,24}$/u);
  const delivery = read('EVENT_DELIVERY', /^(?:webhook|queue)$/u);
  const deployment = {
    subscriptionId,
    resourceGroup,
    functionAppName: read('FUNCTION_APP_NAME'),
    functionAppHost: read('FUNCTION_APP_HOST', /^[a-z\d.-]+(?::\d+)?$/iu),
    systemTopicName: read('SYSTEM_TOPIC_NAME'),
    eventSubscriptionName: read('EVENT_SUBSCRIPTION_NAME'),
    imageStorageId: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Storage/storageAccounts/${account}`,
    imageBlobServiceUri: read('IMAGE_BLOB_SERVICE_URI', /^https:\/\/\S+$/u).replace(/\/$/u, ''),
    imagesContainer: read('IMAGES_CONTAINER'),
    predictionsContainer: read('PREDICTIONS_CONTAINER'),
    deadLetterContainer: read('DEAD_LETTER_CONTAINER'),
    hasModel: Boolean(environment.VISION_PREDICTION_URL?.trim() || environment.VISION_MODELS?.trim()),
    isolated: environment.NETWORK_ISOLATION?.trim().toLowerCase() === 'true',
    ...(delivery === 'queue'
      ? { delivery: 'queue' as const, queue: read('EVENT_QUEUE') }
      : { delivery: 'webhook' as const }),
  };
  if (problems.length === 0) return deployment;
  throw new UsageError(
    `The deployment is not known: ${problems.join('; ')}.`,
    'azd provision writes these values; azd hooks run postdeploy runs this script with them.',
  );
}

/** How long to wait before asking Azure again, at first: a second, or less where there is less patience than usual. */
export const askAgainMs = (patienceMs: number): number => Math.min(1_000, patienceMs / 300);
