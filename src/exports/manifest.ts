import * as v from 'valibot';
import { KeylessError } from '../errors/errors.ts';
import { type ExportFile, readText } from './exportFiles.ts';

/** What cvexport.manifest says, as far as it matters here; older exports leave much out, or have none. */
export type Manifest = {
  modelFile?: string;
  /** null: the export says that its labels are inside the model. */
  labelFile?: string | null;
  metadataFile?: string;
  iterationId?: string;
  /** The kind that it says it is: what the tensors say goes before it. */
  task?: 'classify' | 'detect';
  /** ONNX, TensorFlow, CoreML, DockerFile … */
  platform?: string;
  flavor?: string;
};

const fileName = v.pipe(v.string(), v.regex(/^[^/\\]+$/u, 'expected a plain file name, without folders'));

const manifestSchema = v.object({
  DomainType: v.nullish(v.string()),
  Platform: v.nullish(v.string()),
  Flavor: v.nullish(v.string()),
  ModelFileName: v.nullish(fileName),
  LabelFileName: v.optional(v.nullable(fileName)),
  MetadataPropsFileName: v.nullish(fileName),
  IterationId: v.nullish(v.string()),
});

export const MANIFEST = 'cvexport.manifest';

/** Throws ExportInvalid where it is there and cannot be read. */
export async function readManifest(file: ExportFile | undefined): Promise<Manifest> {
  if (!file) return {};
  try {
    const told = v.parse(manifestSchema, JSON.parse(await readText(file)));
    const task = /detection/iu.test(told.DomainType ?? '') ? 'detect' : 'classify';
    return {
      ...(told.ModelFileName && { modelFile: told.ModelFileName }),
      ...(told.LabelFileName !== undefined && { labelFile: told.LabelFileName }),
      ...(told.MetadataPropsFileName && { metadataFile: told.MetadataPropsFileName }),
      ...(told.IterationId && { iterationId: told.IterationId }),
      ...(told.DomainType && { task }),
      ...(told.Platform && { platform: told.Platform }),
      ...(told.Flavor && { flavor: told.Flavor }),
    };
  } catch (cause) {
    if (cause instanceof KeylessError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KeylessError('ExportInvalid', `${MANIFEST} cannot be read: ${reason}.`, {
      cause,
      fix: `Take the zip as it was downloaded; without ${MANIFEST} the model is read too, and its own word counts.`,
    });
  }
}
