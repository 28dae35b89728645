import * as v from 'valibot';
import { UsageError } from '../faults.ts';
import { plain } from '../table.ts';
import type { Place, Sum } from './place.ts';

export const MANIFEST = 'manifest.json';
/** What an interruption costs at most is looking at those files again. */
const SAVE_EVERY_MS = 5_000;

const sum = { file: v.string(), bytes: v.number(), sha256: v.string() };
const schema = v.object({
  format: v.literal('keyless take-home 1'),
  project: v.object({ id: v.string(), name: v.string(), account: v.string() }),
  /** Whether all that was asked for is there. */
  complete: v.boolean(),
  takenAt: v.string(),
  /** By the id that the service gave them; the sides are those of the upright file. */
  pictures: v.record(v.string(), v.object({ ...sum, width: v.number(), height: v.number() })),
  exports: v.array(
    v.object({
      ...sum,
      iteration: v.string(),
      form: v.string(),
      checked: v.boolean(),
      notices: v.array(v.string()),
    }),
  ),
  documents: v.array(v.object(sum)),
});
type Manifest = v.InferOutput<typeof schema>;
export type TakenPicture = Manifest['pictures'][string];
export type TakenExport = Manifest['exports'][number];

/** What has been taken, as manifest.json tells it, which is written now and then and at the end. */
export type Taken = Manifest & {
  /** What lay there when the command began, by path. */
  there: ReadonlyMap<string, Sum>;
  /** Those of them that are not what the earlier run wrote. */
  altered: ReadonlySet<string>;
  addPicture(id: string, picture: TakenPicture): Promise<void>;
  /** What an earlier run took and the project no longer has is not told as part of it. */
  keepOnly(ids: ReadonlySet<string>): void;
  save(): Promise<void>;
};

/**
 * What an earlier run took of the project and is still there as it was; of a place that holds nothing, nothing. Throws a
 * UsageError for a place that holds something else.
 */
export async function openTaken(place: Place, project: Manifest['project']): Promise<Taken> {
  const found = await place.read(MANIFEST);
  const before = found && parsed(found, place);
  if (!before && !(await place.isEmpty()))
    throw elsewhere(place, 'holds other files, and no manifest.json of this command');
  if (before && before.project.id !== project.id)
    throw elsewhere(place, `holds the project ${plain(before.project.name)} (${plain(before.project.id)})`);
  const there = await place.sums();
  const isThere = ({ file, sha256, bytes }: Sum & { file: string }) => {
    const sum = there.get(file);
    return sum?.sha256 === sha256 && sum.bytes === bytes;
  };
  const all = [...Object.values(before?.pictures ?? {}), ...(before?.exports ?? [])];
  let saved = Promise.resolve();
  let savedAt = Date.now();
  const taken: Taken = {
    format: 'keyless take-home 1',
    project,
    complete: false,
    takenAt: new Date().toISOString(),
    pictures: Object.fromEntries(Object.entries(before?.pictures ?? {}).filter(([, each]) => isThere(each))),
    exports: (before?.exports ?? []).filter(isThere),
    documents: [],
    there,
    altered: new Set(all.filter((each) => !isThere(each)).map(({ file }) => file)),
    async addPicture(id, picture) {
      taken.pictures[id] = picture;
      if (Date.now() - savedAt > SAVE_EVERY_MS) await taken.save();
    },
    keepOnly(ids) {
      taken.pictures = Object.fromEntries(Object.entries(taken.pictures).filter(([id]) => ids.has(id)));
    },
    save() {
      savedAt = Date.now();
      saved = saved.then(async () => {
        const { there: _, altered, addPicture, keepOnly, save, ...manifest } = taken;
        await place.write(MANIFEST, Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`));
      });
      return saved;
    },
  };
  await taken.save(); // from now on the place is this project’s
  return taken;
}

function parsed(bytes: Buffer, place: Place): Manifest {
  try {
    return v.parse(schema, JSON.parse(bytes.toString('utf8')));
  } catch {
    throw elsewhere(place, 'has a manifest.json that this command did not write');
  }
}

const elsewhere = (place: Place, why: string): UsageError =>
  new UsageError(
    `${place.name} ${why}.`,
    'Name an empty folder or container with --to, or the one of an earlier run.',
  );
