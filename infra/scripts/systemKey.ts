import type { WebSiteManagementClient } from '@azure/arm-appservice';
import pRetry from 'p-retry';
import { AzureRefusal } from '../../src/cli/azure/refusals.ts';
import { statusOf } from '../../src/storage/faults.ts';
import { askAgainMs, type Deployment } from './deployment.ts';

/**
 * The key `blobs_extension`, which opens the webhook of the blob trigger and nothing else; the host makes it once it has
 * loaded the deployed code. Throws NoKey where it is not there within the patience (in ms; 0: asked for once).
 */
export async function systemKey(
  client: WebSiteManagementClient,
  { resourceGroup, functionAppName }: Deployment,
  patienceMs: number,
  waiting: () => void,
): Promise<string> {
  const ask = async () => {
    const { systemKeys } = await client.webApps
      .listHostKeys(resourceGroup, functionAppName)
      .catch((cause: unknown) => {
        throw isSilent(cause) ? new NoKey('The host did not answer.', { cause }) : cause;
      });
    if (!systemKeys?.blobs_extension) throw new NoKey('The host has no such key.');
    return systemKeys.blobs_extension;
  };
  return pRetry(ask, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: askAgainMs(patienceMs),
    maxTimeout: 10_000,
    maxRetryTime: patienceMs,
    shouldRetry: ({ error }) => error instanceof NoKey && patienceMs > 0,
    onFailedAttempt: ({ attemptNumber }) => void (attemptNumber === 1 && patienceMs > 0 && waiting()),
  });
}

/** The key is not there (yet). */
export class NoKey extends Error {}

/**
 * ARM asks the host for its keys. Of an app on Flex Consumption without code, or one that starts, no host answers, and
 * ARM words that as a 400: https://github.com/Azure/azure-functions-host/issues/11379
 */
const isSilent = (error: unknown): boolean => {
  const status = statusOf(error) ?? 0;
  return status === 400 || status >= 500;
};

/** For people, when the wait is over. */
export function noKey({ functionAppName }: Deployment, error: NoKey): AzureRefusal {
  const status = statusOf(error.cause);
  const said = status ? ` (Azure Resource Manager answered ${status} for it)` : '';
  return new AzureRefusal(
    `The host of ${functionAppName} has no key blobs_extension: it has not loaded a blob trigger yet${said}.`,
    `azd deploy, then azd hooks run postdeploy. If it stays so, the code does not start: see the log stream of ${functionAppName}.`,
    { cause: error },
  );
}
