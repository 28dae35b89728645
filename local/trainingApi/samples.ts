import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { stableUuid } from '../../src/exports/stableUuid.ts';
import { drawPicture } from '../drawing/picture.ts';
import type { TrainingApiOptions, TrainingPicture, TrainingProject } from './contract.ts';

const SIDE = 200;
/** Seeds that the sample models were not trained on. */
const FIRST_SEED = 80_000_000;

/** So many drawn pictures, of one to three fruits each unless told. */
export type DrawnPictures = { count: number; fruits?: number };

/** The project with drawn pictures, each fruit in its region; the last has no tags yet. */
export async function withPictures(
  project: TrainingProject,
  { count, fruits }: DrawnPictures,
): Promise<TrainingProject> {
  const drawn = await Promise.all(
    Array.from({ length: count }, (_, at) =>
      drawPicture(FIRST_SEED + at, { size: SIDE, count: fruits ?? 1 + (at % 3) }),
    ),
  );
  const names = [...new Set(drawn.flatMap(({ boxes }) => boxes.map(({ tagName }) => tagName)))].sort();
  const tagId = (name: string) => stableUuid(`tag ${name} of ${project.id}`);
  const pictures = drawn.map(({ jpeg, boxes }, at): TrainingPicture => {
    const labelled = at < count - 1 ? boxes : [];
    const regions = labelled.map(({ tagName, left, top, width, height }) => ({
      ...{ tagId: tagId(tagName), left, top, width, height },
    }));
    return {
      ...{
        id: stableUuid(`picture ${at} of ${project.id}`),
        width: SIDE,
        height: SIDE,
        bytes: jpeg,
        regions,
      },
      tagIds: [...new Set(regions.map((region) => region.tagId))],
    };
  });
  return { ...project, tags: names.map((name) => ({ id: tagId(name), name, type: 'Regular' })), pictures };
}

/** What the service would give of iterations whose unpacked ONNX exports lie in those folders. */
export async function exportsIn(
  folders: Readonly<Record<string, string>>,
): Promise<NonNullable<TrainingApiOptions['exported']>> {
  const zips = new Map(
    await Promise.all(
      Object.entries(folders).map(async ([id, folder]) => [id, await zipOf(folder)] as const),
    ),
  );
  return (iterationId, platform) => (platform === 'ONNX' ? zips.get(iterationId) : undefined);
}

async function zipOf(folder: string): Promise<Buffer> {
  const zip = new ZipFile();
  for (const name of await readdir(folder)) zip.addBuffer(await readFile(join(folder, name)), name);
  zip.end();
  return buffer(zip.outputStream);
}
