import { readExportText } from './manifest.ts';

const cropMethod = 'CustomVision.Preprocess.CropMethod';

/**
 * Whether the model was trained on the middle square of each picture. Newer exports say so in a file of their own; of
 * that file only this is true for the exported model, the rest describes the service.
 * https://github.com/Azure-Samples/customvision-export-samples/issues/3
 */
export async function cropsToMiddle(directory: string, metadataFile: string): Promise<boolean> {
  let text: string;
  try {
    text = await readExportText(directory, metadataFile);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
  const properties: unknown = JSON.parse(text);
  return (
    typeof properties === 'object' &&
    properties !== null &&
    Object.entries(properties).some(
      ([name, value]) => name === cropMethod && value === 'FullImageShorterSide',
    )
  );
}
