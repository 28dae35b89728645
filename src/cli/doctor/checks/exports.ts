import { asKeylessError } from '../../../errors/errors.ts';
import { saturation } from '../../../exports/saturation.ts';
import { type ExportThread, startExportThread } from '../../../exports/thread.ts';
import { isExport, type Model, requireSettings } from '../../../settings/settings.ts';
import { lookAtExport, readExport } from '../../../storage/modelBlob.ts';
import { samplePictures } from '../../samplePicture.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import { type Context, INSIDE } from '../context.ts';
import { openImageStorage } from '../storageCall.ts';

const LIMIT_MS = 60_000;

/** The export that a model is, or falls back to: whether it is there, can be read, and answers. */
export function exportCheck(context: Context, model: Model): Check[] {
  const { settings } = context.loaded;
  const name = isExport(model) ? model.export : model.fallback;
  if (name === undefined || !settings) return [];
  const byIdentity = 'blobServiceUri' in settings.imageStorage;
  return [
    {
      id: `export:${model.name}`,
      group: 'Models',
      title: isExport(model) ? `${model.name} runs in the app` : `${model.name} can fall back to ${name}`,
      after: ['settings', 'image-connection', ...(byIdentity ? ['token'] : [])],
      limitMs: LIMIT_MS,
      run: async () =>
        context.deployed
          ? { status: 'could not check', finding: INSIDE, because: 'inside' }
          : lookInto(context, model, name),
    },
  ];
}

async function lookInto(context: Context, model: Model, name: string): Promise<Finding> {
  const { modelsContainer } = requireSettings(context.loaded);
  const { blobs } = await openImageStorage(context);
  const container = blobs.getContainerClient(modelsContainer);
  let loaded: ExportThread | undefined;
  try {
    const found = await lookAtExport(container, name);
    if (!found) {
      return fault(`There is no ${name} in the container ${modelsContainer}.`, {
        fix: 'Put it there:',
        command: `npm run keyless -- models upload <export> --name ${name.replace(/\.[^./]*$/u, '')}`,
      });
    }
    const bytes = await readExport(container, name, found);
    if (bytes === 'changed') return warning(`${name} was replaced meanwhile.`, { fix: 'Run this again.' });
    loaded = await startExportThread({ name, bytes });
    return await judge(model, name, loaded);
  } catch (thrown) {
    const { code, message, fix } = asKeylessError(thrown);
    return fault(`${code}: ${message}`, { fix });
  } finally {
    await loaded?.close();
  }
}

async function judge(model: Model, name: string, loaded: ExportThread): Promise<Finding> {
  const { kind, task, tagNames, iterationId, sha256, notices } = loaded;
  if (task !== model.task) {
    return fault(`${model.name} is to ${model.task}, but ${name} is a ${kind}.`, {
      fix: `Set the task of ${model.name} to ${task} in VISION_MODELS.`,
    });
  }
  const started = performance.now();
  const answers = [];
  for (const picture of samplePictures()) answers.push(await loaded.predict(picture));
  const ms = Math.round((performance.now() - started) / answers.length);
  const details = [`iteration ${iterationId}, SHA-256 ${sha256}, ${tagNames.length} tags`, ...notices];
  const same = saturation(answers);
  if (same)
    return warning(same, { details, fix: 'Score pictures of different things: npm run keyless -- predict' });
  const words = `${name}: ${kind}, ${ms} ms a picture.`;
  if (notices.length === 0) return ok(words, details);
  return warning(`${words} ${notices.join(' ')}`, {
    details,
    fix: 'Compare it with the service, or look at what it says of pictures you know: docs/exports.md',
  });
}
