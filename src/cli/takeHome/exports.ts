import { setTimeout as sleep } from 'node:timers/promises';
import { asKeylessError, KeylessError } from '../../errors/errors.ts';
import { isZip } from '../../exports/zip.ts';
import { isUuid } from '../../settings/predictionUrl.ts';
import { tried } from '../models/tried.ts';
import { samplePictures } from '../samplePicture.ts';
import type { Export, Iteration } from '../training/answers.ts';
import type { Facts } from './facts.ts';
import { AddressEnded } from './fetchFile.ts';
import { FORMS, type FormName, isOnnx } from './forms.ts';
import type { TakenExport } from './manifest.ts';
import type { PictureParts } from './pictures.ts';

/** Far more than any compact model has. */
const MOST_BYTES = 1024 * 1024 * 1024;
/** The service takes a minute or two. */
const POLL_MS = 2_000;
const LONGEST_WAIT_MS = 20 * 60_000;
const TIMES = 3;

export type WantedExport = { iteration: Iteration; form: FormName };

/** What an iteration cannot be taken as, and why, in words that go on with what can be done. */
export type NotExported = { iteration: string; why: string };

/** Which exports there are to take: of every trained iteration, in those of the forms that the service offers for it. */
export function exportsOf(
  { iterations, domainName }: Facts,
  forms: readonly FormName[],
): { wanted: WantedExport[]; not: NotExported[] } {
  const wanted: WantedExport[] = [];
  const not: NotExported[] = [];
  if (forms.length === 0) return { wanted, not };
  for (const iteration of iterations.filter(({ trainedAt }) => trainedAt)) {
    const { name, exportable, exportableTo, domainId } = iteration;
    if (!exportable) {
      not.push({
        iteration: name,
        why: `its domain ${domainName(domainId)} is not compact, and models of such domains do not leave Custom Vision. Its pictures and tags are taken all the same. To have a model too: in the portal, Project Settings → Domains → General (compact), Save Changes, Train; then the same command again.`,
      });
      continue;
    }
    for (const form of forms) {
      const { platform } = FORMS[form];
      const offered = exportableTo?.length ? exportableTo : [platform];
      if (offered.includes(platform)) wanted.push({ iteration, form });
      else
        not.push({
          iteration: name,
          why: `not as ${form}: the service offers ${offered.join(', ')} for it.`,
        });
    }
  }
  return { wanted, not };
}

/** Asks for an export where nobody has, waits for it, takes it, and tries it where this app runs it. Rejects with a KeylessError. */
export async function takeExport(
  parts: PictureParts,
  { iteration, form }: WantedExport,
): Promise<TakenExport> {
  const { fetchFile, place } = parts;
  if (!isUuid(iteration.id))
    throw failed(iteration.name, form, 'its id is none, and becomes no name of a folder');
  for (let time = 1; ; time += 1) {
    const { downloadUri } = await ready(parts, iteration, form);
    try {
      const what = `the ${form} export of ${iteration.id}`;
      const bytes = await fetchFile(downloadUri ?? '', what, MOST_BYTES);
      const file = `exports/${iteration.id}/${form}.${isZip(bytes) ? 'zip' : (FILES[form] ?? 'bin')}`;
      const sum = await place.write(file, bytes);
      return { file, ...sum, iteration: iteration.id, form, ...(await check(parts, file, form, bytes)) };
    } catch (error) {
      if (!(error instanceof AddressEnded) || time === TIMES) throw error;
    }
  }
}

/** What is no zip: some old exports are the model alone. */
const FILES: Readonly<Partial<Record<FormName, string>>> = {
  onnx: 'onnx',
  'onnx-float16': 'onnx',
  coreml: 'mlmodel',
};

async function ready(parts: PictureParts, { id, name }: Iteration, form: FormName): Promise<Export> {
  const { client, projectId, signal } = parts;
  const { platform, flavor }: { platform: string; flavor?: string } = FORMS[form];
  const until = Date.now() + LONGEST_WAIT_MS;
  let asked = false;
  while (Date.now() < until) {
    const found = (await client.exports(projectId, id)).find(
      (each) => each.platform === platform && (flavor === undefined ? isPlain(each) : each.flavor === flavor),
    );
    if (found?.status === 'Done' && (asked || !found.newerVersionAvailable)) return found;
    if (found?.status === 'Exporting') await sleep(POLL_MS, undefined, { signal });
    else if (asked && found?.status === 'Failed') throw failed(name, form, 'it failed there');
    else if (asked && !found) await sleep(POLL_MS, undefined, { signal });
    else {
      await client.askExport(projectId, id, platform, flavor);
      asked = true;
    }
  }
  throw failed(name, form, `it is not done after ${LONGEST_WAIT_MS / 60_000} minutes`);
}

/** The service may name the flavor that it chose by itself. */
const isPlain = ({ flavor }: Export): boolean =>
  !flavor || flavor === 'ONNX12' || flavor === 'TensorFlowNormal';

const failed = (iteration: string, form: FormName, why: string): KeylessError =>
  new KeylessError('VisionUnavailable', `Custom Vision did not export ${iteration} as ${form}: ${why}.`, {
    fix: 'The same command again asks for it once more; what is here is not taken twice.',
  });

async function check({ place, taken }: PictureParts, file: string, form: FormName, bytes: Buffer) {
  if (!isOnnx(form)) return { checked: false, notices: [] };
  const [first] = Object.values(taken.pictures);
  const picture = first && (await place.read(first.file));
  try {
    // its thread is handed the bytes for good
    const source = { name: file, bytes: new Uint8Array(bytes) };
    const { about, warning } = await tried(source, [...(picture ? [picture] : []), ...samplePictures()]);
    return { checked: true, notices: [...about.notices, ...(warning ? [`Warning: ${warning}`] : [])] };
  } catch (error) {
    return { checked: false, notices: [asKeylessError(error).message] };
  }
}
