import type { BlobItem, BlobServiceClient } from '@azure/storage-blob';
import { wantedModels } from '../../../scoring/route.ts';
import { requireSettings, type ServiceModel, type Settings } from '../../../settings/settings.ts';
import { pictureNameOf } from '../../../storage/documentName.ts';
import { fromMetadata, iterationOf } from '../../../storage/mark.ts';
import { TRAINING_SETTING } from '../../training/endpoint.ts';
import { type Check, type Finding, ok, warning } from '../check.ts';
import type { Context } from '../context.ts';
import { openImageStorage } from '../storageCall.ts';

/** One page of a listing, which comes by name: the newest of it stand for all. */
const LISTED = 5_000;
const NEWEST = 20;

/** Whether the newest documents are of the iteration that answers: a new one under the same published name shows nowhere else. */
export function iterationCheck(context: Context, model: ServiceModel, paidCalls: boolean): Check[] {
  const training = context.get(TRAINING_SETTING) !== undefined;
  if (!paidCalls && !training) return []; // nothing tells which iteration answers
  return [
    {
      id: `iteration:${model.name}`,
      group: 'Models',
      title: `${model.name} and the documents there are`,
      after: [paidCalls ? `prediction:${model.name}` : `training:${model.name}`, 'predictions'],
      async run() {
        const present = await presentIteration(context, model, paidCalls);
        if (present === undefined) return ok('Not looked at: which iteration answers is not known.');
        const { blobs } = await openImageStorage(context);
        return judge(model, present, await lookAtNewest(blobs, requireSettings(context.loaded), model));
      },
    },
  ];
}

async function presentIteration(
  { askSample, iterations }: Context,
  model: ServiceModel,
  paidCalls: boolean,
): Promise<string | undefined> {
  if (paidCalls) {
    const asked = await askSample(model);
    return asked.refused ? undefined : asked.iteration;
  }
  return (await iterations(model.projectId)).find(({ publishName }) => publishName === model.publishedName)
    ?.id;
}

/** The iterations that the newest documents of a model tell, and which documents those are, in words. */
type Newest = { iterations: string[]; which: string };

async function lookAtNewest(
  blobs: BlobServiceClient,
  { models, predictionsContainer }: Settings,
  model: ServiceModel,
): Promise<Newest> {
  const predictions = blobs.getContainerClient(predictionsContainer);
  if (!(await predictions.exists())) return { iterations: [], which: '' }; // the first document makes it
  const pages = predictions.listBlobsFlat({ includeMetadata: true }).byPage({ maxPageSize: LISTED });
  const { value: page } = await pages.next();
  const items: BlobItem[] = page?.segment.blobItems ?? [];
  const told = items.flatMap(({ name, metadata, properties: { lastModified } }) => {
    const mark = fromMetadata(metadata);
    const wanted = wantedModels(models, pictureNameOf(name, metadata) ?? '').models;
    const iteration = mark && iterationOf(mark, wanted, model);
    return iteration ? [{ iteration, lastModified }] : [];
  });
  const iterations = told
    .toSorted((a, b) => b.lastModified.getTime() - a.lastModified.getTime())
    .slice(0, NEWEST)
    .map(({ iteration }) => iteration);
  const among = page?.continuationToken ? ` among the first ${LISTED} by name` : '';
  return { iterations, which: `the newest ${iterations.length} documents${among}` };
}

function judge(model: ServiceModel, present: string, { iterations, which }: Newest): Finding {
  if (iterations.length === 0) return ok('No document tells an iteration yet.');
  const others = iterations.filter((iteration) => iteration.toLowerCase() !== present.toLowerCase());
  if (others.length === 0) return ok(`It answers with the iteration of ${which}.`, [`iteration ${present}`]);
  return warning(
    `The model changed: ${model.publishedName} answers with iteration ${present}, and ${others.length} of ${which} are of ${[...new Set(others)].join(', ')}.`,
    {
      fix: 'Leave the old documents if that is meant; else see what it costs to score them anew:',
      command: `npm run keyless -- backfill --model ${model.name} --iteration ${present} --dry-run`,
    },
  );
}
