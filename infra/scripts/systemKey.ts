import type { WebSiteManagementClient } from '@azure/arm-appservice';
import pRetry from 'p-retry';
import { AzureRefusal } from '../../src/cli/azure/refusals.ts';
import type { Deployment } from './deployment.ts';

/**
 * The key `blobs_extension`, which opens the webhook of the blob trigger and nothing else; the host makes it once it has
 * loaded the deployed code. Undefined where it is not there within the patience (in ms; 0: asked for once).
 */
export async function systemKey(
  client: WebSiteManagementClient,
  { resourceGroup, functionAppName }: Deployment,
  patienceMs: number,
  waiting: () => void,
): Promise<string | undefined> {
  const ask = async () => {
    const { systemKeys } = await client.webApps.listHostKeys(resourceGroup, functionAppName);
    if (!systemKeys?.blobs_extension) throw new NoKey();
    return systemKeys.blobs_extension;
  };
  return pRetry(ask, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 1_000,
    maxTimeout: 10_000,
    maxRetryTime: patienceMs,
    shouldRetry: ({ error }) => error instanceof NoKey && patienceMs > 0,
    onFailedAttempt: ({ attemptNumber }) => void (attemptNumber === 1 && patienceMs > 0 && waiting()),
  }).catch((error: unknown) => {
    if (error instanceof NoKey) return undefined;
    throw error;
  });
}

class NoKey extends Error {}

export const noKey = ({ functionAppName }: Deployment): AzureRefusal =>
  new AzureRefusal(
    `The host of ${functionAppName} has no key blobs_extension: it has not loaded a blob trigger yet.`,
    `azd deploy, then azd hooks run postdeploy. If it stays so, the code does not start: see the log stream of ${functionAppName}.`,
  );
