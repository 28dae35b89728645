import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { floatTensor, openSession, readMetadata } from '../../local/onnx/runtime.ts';
import { toPredictions } from './answer.ts';
import { cropsToMiddle } from './cropping.ts';
import { chooseKind } from './exportKind.ts';
import { readLabels } from './labels.ts';
import { readManifest } from './manifest.ts';
import { readModelInput } from './modelInput.ts';
import type { Predictor } from './predictor.ts';
import { preprocess } from './preprocess.ts';
import { stableUuid } from './stableUuid.ts';

/**
 * Loads the unpacked zip of a Custom Vision ONNX export. The runtime blocks the event loop while it computes; a server
 * takes startPredictorThread instead. Rejects with what the export has and what is expected when it cannot be used.
 */
export async function loadExport(directory: string): Promise<Predictor> {
  const manifest = await readManifest(directory);
  if (manifest.labelFile === null) {
    throw new Error(
      `The export in ${directory} keeps its labels inside the model (LabelFileName is null). This export kind is not ` +
        'supported yet: export the iteration again, current exports come with labels.txt.',
    );
  }
  const tagNames = await readLabels(directory, manifest.labelFile);
  const crop = await cropsToMiddle(directory, manifest.metadataFile);
  const model = await readFile(join(directory, manifest.modelFile));
  const session = await openModel(model, join(directory, manifest.modelFile));
  try {
    const input = readModelInput(session, readMetadata(model));
    const { task, readScores } = chooseKind(session.outputMetadata, tagNames.length);
    return {
      ...{ task, tagNames },
      iterationId: manifest.iterationId ?? stableUuid(model),
      async predict(image) {
        const pixels = await preprocess(image, input, crop);
        const feeds = { [input.name]: floatTensor(pixels, [1, 3, input.height, input.width]) };
        return toPredictions(readScores(await session.run(feeds)), tagNames);
      },
      close: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

async function openModel(model: Uint8Array, path: string) {
  try {
    return await openSession(model);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The runtime cannot load ${path}: ${reason}`, { cause });
  }
}
