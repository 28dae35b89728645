import type { TokenCredential } from '@azure/identity';
import { asKeylessError } from '../../errors/errors.ts';
import type { Budget } from '../../prediction.ts';
import { explain, UsageError } from '../faults.ts';
import { createBar, interruption } from '../progress.ts';
import { plain } from '../table.ts';
import { identityCredential } from '../token/source.ts';
import type { Iteration, Performance } from '../training/answers.ts';
import { createTrainingClient, type TrainingClient } from '../training/client.ts';
import { TRAINING_SETTING, trainingEndpoint } from '../training/endpoint.ts';
import { projectNamed } from '../training/named.ts';
import { writeDocuments } from './documents.ts';
import { exportsOf, takeExport, type WantedExport } from './exports.ts';
import { createFetchFile } from './fetchFile.ts';
import { type FormName, isOnnx } from './forms.ts';
import { countPictures, isTagged, listPictures } from './listing.ts';
import { openTaken, type Taken } from './manifest.ts';
import { type PictureParts, takePictures } from './pictures.ts';
import { openPlace } from './place.ts';
import { count, exportsText, notText, planText, size } from './report.ts';

export type TakeHomeOptions = {
  to?: string;
  endpoint?: string;
  forms: readonly FormName[];
  dryRun?: boolean;
  json?: boolean;
};

/** Somebody waits, but for all of it. */
const BUDGET: Budget = { total: 180_000, attempt: 60_000, firstWait: 500 };

/** Takes a project out of Custom Vision. Resolves with the exit code. */
export async function takeHome(named: string, options: TakeHomeOptions): Promise<number> {
  const endpoint = trainingEndpoint(options.endpoint, process.env[TRAINING_SETTING]);
  const signal = interruption();
  const { credential } = identityCredential();
  const client = createTrainingClient(endpoint, credential, BUDGET, signal);
  try {
    return await take({ client, endpoint, credential, signal }, named, options);
  } catch (error) {
    if (!signal.aborted) throw error;
    console.error('Interrupted; the same command goes on from here.');
    return 130;
  }
}

type Account = {
  client: TrainingClient;
  endpoint: string;
  credential: TokenCredential;
  signal: AbortSignal;
};

async function take(
  { client, endpoint, credential, signal }: Account,
  named: string,
  { to, forms, dryRun, json }: TakeHomeOptions,
): Promise<number> {
  const { id, name } = projectNamed(await client.projects(), named);
  const [project, domains, tags, iterations] = await Promise.all([
    client.project(id),
    client.domains(),
    client.tags(id),
    client.iterations(id),
  ]);
  const domainName = (domainId: string) => domains.find((each) => each.id === domainId)?.name ?? domainId;
  const { wanted, not } = exportsOf(iterations, forms, domainName);
  if (dryRun) {
    const counts = await countPictures(client, id);
    const plan = { pictures: counts, tags: tags.length, iterations: iterations.length };
    const exports = wanted.map(({ iteration, form }) => ({ iteration: iteration.name, form }));
    if (json) console.log(JSON.stringify({ project: { id, name }, ...plan, exports, notExported: not }));
    else console.log(planText(counts, tags.length, iterations.length, wanted));
    for (const each of not) console.error(notText(each));
    console.error('Nothing was taken: this is what would be.');
    return 0;
  }
  const place = await openPlace(to ?? folderNameOf(name), credential);
  const taken = await openTaken(place, { id, name, account: new URL(endpoint).host });
  const fetchFile = createFetchFile(client, id, signal);
  const parts: PictureParts = { client, projectId: id, fetchFile, place, taken, signal };
  try {
    const listed = await listPictures(client, id);
    const gone = await withBar(listed.length, (step) => takePictures(parts, listed, step));
    if (gone.size > 0) console.error(`${count(gone.size, 'picture')} went from the project meanwhile.`);
    const pictures = listed.filter((each) => !gone.has(each.id));
    keepOnly(taken, new Set(pictures.map((each) => each.id)));
    const failures = await withBar(wanted.length, (step) => takeExports(parts, wanted, step));
    const measured = await performances(client, id, iterations);
    const domain = domainName(project.settings.domainId ?? '');
    await writeDocuments(place, taken, { project, domain, tags, iterations: measured, pictures });
    taken.complete = failures === 0;
    const regions = pictures.reduce((sum, each) => sum + (each.regions?.length ?? 0), 0);
    const bytes = Object.values(taken.pictures).reduce((sum, each) => sum + each.bytes, 0);
    const counts = { pictures: pictures.length, tagged: pictures.filter(isTagged).length, regions, bytes };
    if (json) {
      const { exports, complete } = taken;
      console.log(
        JSON.stringify({
          project: { id, name },
          to: place.name,
          ...counts,
          exports,
          notExported: not,
          complete,
        }),
      );
    } else {
      console.log(
        `${plain(name)} is in ${plain(place.name)}: ${count(counts.pictures, 'picture')} (${size(bytes)}), ${counts.tagged.toLocaleString('en')} of them tagged, ${count(regions, 'region')}, ${count(tags.length, 'tag')}, ${count(iterations.length, 'iteration')}, ${count(taken.exports.length, 'export')}.`,
      );
      const nameOf = (iteration: string) =>
        iterations.find((each) => each.id === iteration)?.name ?? iteration;
      const lines = exportsText(taken.exports, nameOf);
      if (lines) console.log(lines);
    }
    for (const each of not) console.error(notText(each));
    return failures > 0 ? 1 : 0;
  } finally {
    await taken.save();
  }
}

async function withBar<T>(total: number, work: (step: () => void) => Promise<T>): Promise<T> {
  const bar = createBar(total);
  try {
    return await work(bar.step);
  } finally {
    bar.stop();
  }
}

/** One after another: the service makes them one after another too. Resolves with how many failed, each told. */
async function takeExports(
  parts: PictureParts,
  wanted: readonly WantedExport[],
  step: () => void,
): Promise<number> {
  const { taken, signal } = parts;
  let failures = 0;
  for (const each of wanted) {
    const { iteration, form } = each;
    const isThis = (known: { iteration: string; form: string }) =>
      known.iteration === iteration.id && known.form === form;
    try {
      const present = taken.exports.find(isThis);
      const done = present ?? (await takeExport(parts, each));
      if (!present) taken.exports = [...taken.exports.filter((known) => !isThis(known)), done];
      await taken.save();
      for (const notice of done.notices) console.error(plain(`${iteration.name} as ${form}: ${notice}`));
      if (isOnnx(form) && !done.checked) failures += 1;
    } catch (error) {
      if (signal.aborted) throw error;
      failures += 1;
      console.error(explain(asKeylessError(error)));
    }
    step();
  }
  return failures;
}

/** What an earlier run took and the project no longer has is not told as part of it. */
function keepOnly(taken: Taken, ids: ReadonlySet<string>): void {
  taken.pictures = Object.fromEntries(Object.entries(taken.pictures).filter(([id]) => ids.has(id)));
}

const performances = (client: TrainingClient, projectId: string, iterations: readonly Iteration[]) =>
  Promise.all(
    iterations.map(async (iteration): Promise<Iteration & { performance: Performance | undefined }> => {
      const trained = Boolean(iteration.trainedAt);
      return {
        ...iteration,
        performance: trained ? await client.performance(projectId, iteration.id) : undefined,
      };
    }),
  );

/** Of any name a folder’s: what no file system refuses. */
function folderNameOf(name: string): string {
  const folder = name
    .replaceAll(/[^\p{L}\p{N}_-]+/gu, '-')
    .replaceAll(/^-+|-+$/gu, '')
    .slice(0, 100);
  if (folder) return folder;
  throw new UsageError(`The project’s name ${plain(name)} makes no folder.`, 'Name one with --to.');
}
