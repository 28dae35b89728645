import type { TokenCredential } from '@azure/identity';
import type { Budget } from '../../prediction.ts';
import { UsageError } from '../faults.ts';
import { createBar, interruption } from '../progress.ts';
import { plain } from '../table.ts';
import { identityCredential } from '../token/source.ts';
import { createTrainingClient, type TrainingClient } from '../training/client.ts';
import { TRAINING_SETTING, trainingEndpoint } from '../training/endpoint.ts';
import { writeDocuments } from './documents.ts';
import { estimateBytes } from './estimate.ts';
import { exportsOf } from './exports.ts';
import { measured, readFacts } from './facts.ts';
import { createFetchFile } from './fetchFile.ts';
import type { FormName } from './forms.ts';
import { countPictures, listPictures } from './listing.ts';
import { openTaken } from './manifest.ts';
import { type PictureParts, takePictures } from './pictures.ts';
import { openPlace } from './place.ts';
import { count, tellPlan, tellTaken } from './report.ts';
import { takeExports } from './takeExports.ts';

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
  const facts = await readFacts(client, named);
  const { id, name, settings } = facts.project;
  const exports = exportsOf(facts, forms);
  if (dryRun) {
    const counts = await countPictures(client, id);
    tellPlan(facts, { ...counts, bytes: await estimateBytes(client, id, counts) }, exports, json);
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
    taken.keepOnly(new Set(pictures.map((each) => each.id)));
    const failures = await withBar(exports.wanted.length, (step) => takeExports(parts, exports.wanted, step));
    const iterations = await measured(client, facts);
    const { project, tags } = facts;
    const domain = facts.domainName(settings.domainId);
    await writeDocuments(place, taken, { project, domain, tags, iterations, pictures });
    taken.complete = failures === 0;
    tellTaken(facts, pictures, place, taken, exports, json);
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

/** Of any name a folder’s: what no file system refuses. */
function folderNameOf(name: string): string {
  const folder = name
    .replaceAll(/[^\p{L}\p{N}_-]+/gu, '-')
    .replaceAll(/^-+|-+$/gu, '')
    .slice(0, 100);
  if (folder) return folder;
  throw new UsageError(`The project’s name ${plain(name)} makes no folder.`, 'Name one with --to.');
}
