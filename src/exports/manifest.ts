import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

/** What cvexport.manifest says, as far as it matters here; all that older exports leave out has a default. */
export type Manifest = {
  modelFile: string;
  /** null: the export says that its labels are inside the model. */
  labelFile: string | null;
  metadataFile: string;
  iterationId: string | undefined;
};

const fileName = v.pipe(v.string(), v.regex(/^[^/\\]+$/, 'Expected a plain file name, without folders.'));

const manifestSchema = v.object({
  ModelFileName: v.nullish(fileName, 'model.onnx'),
  LabelFileName: v.optional(v.nullable(fileName), 'labels.txt'),
  MetadataPropsFileName: v.nullish(fileName, 'metadata_properties.json'),
  IterationId: v.nullish(v.string()),
});

/** A file of an export as text, without the byte order mark that some exports start with. */
export const readExportText = async (directory: string, file: string) =>
  (await readFile(join(directory, file), 'utf8')).replace(/^\uFEFF/, '');

/** Throws with the directory and what is expected of it when it is no unpacked export. */
export async function readManifest(directory: string): Promise<Manifest> {
  try {
    const manifest = v.parse(
      manifestSchema,
      JSON.parse(await readExportText(directory, 'cvexport.manifest')),
    );
    return {
      modelFile: manifest.ModelFileName,
      labelFile: manifest.LabelFileName,
      metadataFile: manifest.MetadataPropsFileName,
      iterationId: manifest.IterationId ?? undefined,
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `Expected ${directory} to be the unpacked zip of a Custom Vision ONNX export, but its cvexport.manifest ` +
        `cannot be read: ${reason} Export the iteration as ONNX in the Custom Vision portal and unpack the zip there.`,
      { cause },
    );
  }
}
