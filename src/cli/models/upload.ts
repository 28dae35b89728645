import { createHash } from 'node:crypto';
import { asKeylessError, KeylessError } from '../../errors/errors.ts';
import { createCredential } from '../../identity/credential.ts';
import { readSettings, requireSettings } from '../../settings/settings.ts';
import { making, openContainers } from '../../storage/containers.ts';
import { storageFault } from '../../storage/faults.ts';
import { bareEtag } from '../../storage/mark.ts';
import { readExport } from '../../storage/modelBlob.ts';
import { placeOf, setCommand } from '../doctor/place.ts';
import { UsageError } from '../faults.ts';
import { samplePictures } from '../samplePicture.ts';
import { plain } from '../table.ts';
import { packed } from './packed.ts';
import { tried } from './tried.ts';

/** Any that is well formed: the models are what is about to be set. */
const MODELS_NOT_NEEDED = { VISION_MODELS: '{"any":{"export":"any","task":"classify"}}' };

/** Tries an export, puts it into the container of the models, and prints its setting. Resolves with the exit code. */
export async function uploadModel(
  path: string,
  { name, json }: { name: string; json?: boolean },
): Promise<number> {
  const { about, warning } = await tried({ path }, samplePictures()).catch((thrown: unknown) => {
    const { code, message, fix } = asKeylessError(thrown);
    throw new UsageError(`${code}: ${message}`, fix);
  });
  const { extension, bytes } = await packed(path);
  const blob = `${name}${extension}`;
  const container = await put(blob, bytes);
  const { task, kind, tagNames, iterationId, notices } = about;
  const models = withEntry(process.env.VISION_MODELS, name, { export: blob, task });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  for (const notice of [...notices, ...(warning ? [`Warning: ${warning}`] : [])])
    console.error(plain(notice));
  if (json) {
    const told = {
      name,
      container,
      export: blob,
      task,
      kind,
      tags: tagNames,
      iteration: iterationId,
      sha256,
    };
    console.log(JSON.stringify({ ...told, notices, setting: { VISION_MODELS: models } }));
    return 0;
  }
  console.log(
    `${container}/${blob}: ${kind} of ${tagNames.length} tags, iteration ${plain(iterationId)}, SHA-256 ${sha256}`,
  );
  console.log(`Set it, with paths or a threshold of its own where you want them:`);
  console.log(setCommand(placeOf(process.env, undefined), { VISION_MODELS: JSON.stringify(models) }));
  return 0;
}

/** Resolves with the container’s name, once what lies there has been read back and is the same. */
async function put(blob: string, bytes: Buffer): Promise<string> {
  const others = Object.entries(process.env).filter(([setting]) => !setting.startsWith('VISION_'));
  const settings = requireSettings(readSettings({ ...Object.fromEntries(others), ...MODELS_NOT_NEEDED }));
  const credential = createCredential(settings.identity);
  const { models } = await openContainers(settings, () => credential);
  const client = models.getBlockBlobClient(blob);
  const { etag = '' } = await making(models, () => client.uploadData(bytes)).catch((error: unknown) => {
    throw storageFault(error, `Uploading ${models.containerName}/${blob}`);
  });
  const there = await readExport(models, blob, { etag: bareEtag(etag), length: bytes.length });
  if (there === 'changed' || !bytes.equals(there)) {
    throw new KeylessError('ExportChanged', `${models.containerName}/${blob} is not what was uploaded.`, {
      fix: 'Somebody else uploads to the same name: run this again.',
    });
  }
  return models.containerName;
}

/** The present models with this one; what is no JSON object is left to be mended first. */
function withEntry(present: string | undefined, name: string, entry: object): Record<string, unknown> {
  try {
    const models = JSON.parse(present || '{}') as Record<string, unknown>;
    const before = models[name];
    const kept = before && typeof before === 'object' && 'export' in before ? before : {};
    return { ...models, [name]: { ...kept, ...entry } };
  } catch {
    return { [name]: entry };
  }
}
