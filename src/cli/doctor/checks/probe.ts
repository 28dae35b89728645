import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerClient } from '@azure/storage-blob';
import { modelsForPicture } from '../../../scoring/route.ts';
import { type Model, requireSettings } from '../../../settings/settings.ts';
import type { PredictionDocument } from '../../../storage/document.ts';
import { documentName } from '../../../storage/documentName.ts';
import { statusOf } from '../../../storage/faults.ts';
import { subjectFilter } from '../../azure/eventFilter.ts';
import { samplePicture } from '../../samplePicture.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import type { Context } from '../context.ts';
import { openImageStorage, storageFault } from '../storageCall.ts';

const LOOK_MS = 500;

/** A picture is dropped as any other; its document shows that the event came and everything behind it works. */
export function probeCheck(context: Context, seconds: number, interrupted?: AbortSignal): Check {
  return {
    id: 'probe',
    group: 'Events',
    title: 'A dropped picture gets its document',
    after: ['settings', 'image-connection', ...(context.deployed ? [] : ['images'])],
    limitMs: (seconds + 30) * 1000,
    async run() {
      const settings = requireSettings(context.loaded);
      const { imagesContainer, predictionsContainer, models } = settings;
      const { blobs } = await openImageStorage(context);
      const images = blobs.getContainerClient(imagesContainer);
      const predictions = blobs.getContainerClient(predictionsContainer);
      const name = probeName(models);
      if (!name) return noName(models);
      const started = performance.now();
      try {
        await images
          .getBlockBlobClient(name)
          .uploadData(samplePicture(), { conditions: { ifNoneMatch: '*' } });
        const document = await documentOf(predictions, name, seconds, interrupted);
        return document
          ? judge(document, Math.round(performance.now() - started))
          : nothingCame(context, name, seconds);
      } catch (error) {
        const what = `Dropping a picture into ${imagesContainer} and looking into ${predictionsContainer}`;
        return await storageFault(context, error, {
          what,
          url: blobs.url,
          service: 'blob',
          connection: 'ImageStorage',
        });
      } finally {
        // the picture first: a document deleted before it could be written anew
        for (const blob of [images.getBlobClient(name), predictions.getBlobClient(documentName(name))]) {
          await blob.deleteIfExists().catch(() => {}); // what could not be written cannot be deleted either
        }
      }
    },
  };
}

const noName = (models: readonly Model[]): Finding =>
  warning(
    `No name could be made up that one of the paths takes: ${models.flatMap(({ paths }) => paths).join(', ')}.`,
    {
      fix: 'Drop a picture of a fitting name yourself, and look for its document.',
    },
  );

/** A name that one of the models’ `paths` takes, the simplest found; undefined where none was found. */
export function probeName(models: readonly Model[]): string | undefined {
  const own = randomUUID();
  const file = `keyless-doctor-${own}.bmp`;
  const fromPaths = models.flatMap(({ paths }) =>
    paths.map((path) =>
      path
        .replace(/\*\*\/?$/u, file)
        .replaceAll('**/', '')
        .replace(/\*(?=\.\w+$)|\*$/u, file.slice(0, -4)),
    ),
  );
  const fits = (name: string) => {
    if (!name.includes(own)) return false; // a path without a wildcard is the name of somebody’s picture
    try {
      return modelsForPicture(models, name).length > 0;
    } catch {
      return false;
    }
  };
  return [file, file.replace('.bmp', '.jpg'), ...fromPaths].find(fits);
}

async function documentOf(
  predictions: ContainerClient,
  name: string,
  seconds: number,
  interrupted: AbortSignal | undefined,
): Promise<PredictionDocument | undefined> {
  const deadline = performance.now() + seconds * 1000;
  const blob = predictions.getBlobClient(documentName(name));
  while (performance.now() < deadline) {
    try {
      return JSON.parse((await blob.downloadToBuffer()).toString('utf8')) as PredictionDocument;
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
    await sleep(LOOK_MS, undefined, { ...(interrupted && { signal: interrupted }) });
  }
  return undefined;
}

function judge({ status, results, error }: PredictionDocument, ms: number): Finding {
  if (status === 'succeeded') {
    return ok(
      `It does, in ${(ms / 1000).toFixed(1)} s, from ${results.map(({ model }) => model).join(', ')}.`,
    );
  }
  return fault(`The event came, but scoring failed: ${error?.code}: ${error?.detail}`, {
    ...(error?.fix && { fix: error.fix }),
  });
}

function nothingCame({ loaded, place }: Context, name: string, seconds: number): Finding {
  const { blobTriggerSource, eventDelivery, imagesContainer } = loaded.registration;
  const finding = `No document of ${name} came within ${seconds} s: the app did not hear of the picture, or does not run.`;
  if (!place.azure) {
    return fault(finding, { fix: 'Is the app running here? Start it:', command: 'npm start' });
  }
  if (eventDelivery === 'webhook' && blobTriggerSource === 'LogsAndContainerScan') {
    return fault(finding, {
      fix: 'Scanning may take ten minutes; wait longer:',
      command: 'npm run keyless -- doctor --probe 600',
    });
  }
  return fault(finding, {
    details: [
      'A wrong function name in the subscription’s address is answered 202, and its events are dropped.',
      `The subject filter must be ${subjectFilter(imagesContainer)}, to the last slash.`,
    ],
    fix: 'Look at the event subscription, then make it anew:',
    command: 'azd hooks run postdeploy',
  });
}
