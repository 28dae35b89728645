import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerClient } from '@azure/storage-blob';
import pRetry from 'p-retry';
import { operatorCredential } from '../../src/cli/azure/cloud.ts';
import { AzureRefusal } from '../../src/cli/azure/refusals.ts';
import { openBlobs } from '../../src/storage/clients.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { statusOf } from '../../src/storage/faults.ts';
import { askAgainMs, type Deployment } from './deployment.ts';

const PICTURE = new URL('../../local/samples/pictures/apple.jpg', import.meta.url);

/**
 * Storage knows the operator, but no role of theirs yet: a new one takes minutes to be seen. What a firewall refuses is
 * AuthorizationFailure: https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
 */
function isRoleUnseen(error: unknown): boolean {
  const { code, details } = error as { code?: string; details?: { errorCode?: string } }; // to HEAD in the details alone
  return (code ?? details?.errorCode) === 'AuthorizationPermissionMismatch';
}

/**
 * Drops a picture, waits for its document for the patience in ms, and takes both away again. Resolves with a line for
 * people; throws where no document came, or one that tells of a fault of the deployment.
 */
export async function probe(
  deployment: Deployment,
  patienceMs: number,
  signal: AbortSignal,
): Promise<string> {
  const { imageBlobServiceUri: blobServiceUri } = deployment;
  const service = await openBlobs({ blobServiceUri }, operatorCredential, {});
  const images = service.getContainerClient(deployment.imagesContainer);
  const predictions = service.getContainerClient(deployment.predictionsContainer);
  const name = `keyless-probe-${randomUUID()}.jpg`;
  const droppedAt = performance.now();
  try {
    await drop(images, name, deployment, patienceMs, signal);
    const document = await documentOf(predictions, name, patienceMs, signal);
    const seconds = ((performance.now() - droppedAt) / 1_000).toFixed(1);
    if (!document) throw nothingCame(deployment, seconds);
    return verdict(document, seconds);
  } catch (error) {
    if (error instanceof Outside) return error.message;
    throw error;
  } finally {
    await Promise.all([
      images
        .getBlobClient(name)
        .deleteIfExists()
        .catch(() => {}), // its upload may have been refused
      predictions
        .getBlobClient(`${name}.json`)
        .deleteIfExists()
        .catch(() => {}),
    ]);
  }
}

/** The account takes pictures from its own network only, and this machine is not in it. */
class Outside extends Error {}

async function drop(
  images: ContainerClient,
  name: string,
  deployment: Deployment,
  patienceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const picture = await readFile(PICTURE);
  try {
    await pRetry(() => images.getBlockBlobClient(name).uploadData(picture), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: askAgainMs(patienceMs),
      maxTimeout: 10_000,
      maxRetryTime: patienceMs,
      signal,
      shouldRetry: ({ error }) => isRoleUnseen(error),
    });
  } catch (error) {
    const { imageStorageId, imagesContainer, imageBlobServiceUri, isolated } = deployment;
    if (isolated && statusOf(error) === 403 && !isRoleUnseen(error)) {
      throw new Outside(
        `No probe picture was dropped: ${imageBlobServiceUri} is reached from its own network only. azd hooks run postdeploy from inside the network drops one.`,
        { cause: error },
      );
    }
    if (statusOf(error) === 403) {
      throw new AzureRefusal(
        `The operator may not write to the container ${imagesContainer}, so no probe picture was dropped.`,
        `az role assignment create --assignee <you> --role "Storage Blob Data Contributor" --scope ${imageStorageId}, some minutes of patience, and azd hooks run postdeploy. With private endpoints, from inside the network. Or go without: node infra/scripts/postDeploy.ts --no-probe.`,
        { cause: error },
      );
    }
    throw new AzureRefusal(
      `No probe picture could be dropped at ${imageBlobServiceUri}/${imagesContainer}: ${statusOf(error) ?? (error as Error).message}.`,
      'Check that the account can be reached from here and that the container is there; or go without: --no-probe.',
      { cause: error },
    );
  }
}

async function documentOf(
  predictions: ContainerClient,
  name: string,
  patienceMs: number,
  signal: AbortSignal,
): Promise<PredictionDocument | undefined> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      const bytes = await predictions.getBlobClient(`${name}.json`).downloadToBuffer();
      return JSON.parse(bytes.toString()) as PredictionDocument;
    } catch (error) {
      if (statusOf(error) !== 404 && !isRoleUnseen(error)) throw error;
    }
    if (performance.now() > deadline) return undefined;
    await sleep(askAgainMs(patienceMs), undefined, { signal });
  }
}

function verdict({ status, error, results }: PredictionDocument, seconds: string): string {
  if (status === 'succeeded') {
    const [top] = results.flatMap(({ predictions }) => predictions);
    const best = top ? `, top tag ${top.tagName} ${top.probability.toFixed(2)}` : '';
    return `A probe picture got its document after ${seconds} s${best}; both are taken away again.`;
  }
  // Events arrive, which is what is proven; that no model takes this name is no fault.
  if (error?.code === 'ModelUnknown') {
    return `A probe picture got its document after ${seconds} s; no model takes its name, so it was not scored. Both are taken away again.`;
  }
  throw new AzureRefusal(
    `Events arrive, but the probe picture could not be scored: ${error?.code}: ${error?.detail}`,
    error?.fix ?? 'npm run keyless -- doctor',
  );
}

const nothingCame = (deployment: Deployment, seconds: string): AzureRefusal =>
  new AzureRefusal(
    `No document came for the probe picture within ${seconds} s.`,
    `npm run keyless -- doctor --app ${deployment.functionAppName} --resource-group ${deployment.resourceGroup}; and look at the log stream of the app, and into the container ${deployment.deadLetterContainer}, where events lie that could not be delivered.`,
  );
