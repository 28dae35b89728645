import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { expect } from 'vitest';
import { createClosing } from '../../local/closing.ts';
import type { IdentityEndpoint } from '../../local/identity/contract.ts';
import { startIdentityEndpoint } from '../../local/identity/endpoint.ts';
import { SYSTEM_ASSIGNED } from '../../local/identity/identities.ts';
import type { TrainingApi, TrainingProject } from '../../local/trainingApi/contract.ts';
import { picturePath } from '../../local/trainingApi/pictures.ts';
import { startTrainingApi, TRAINING_ACCOUNT } from '../../local/trainingApi/server.ts';
import { type Command, keyless } from './command.ts';
import { sampleZip } from './exportZips.ts';
import { orchardProject } from './orchardProject.ts';
import { readCoco } from './readCoco.ts';
import { secretsIn } from './recording.ts';

export type TakingHome = {
  project: TrainingProject;
  /** Another one beside it. */
  small: TrainingProject;
  training: TrainingApi;
  identity: IdentityEndpoint;
  folder: string;
  environment: Record<string, string>;
  start(args?: readonly string[], project?: string): Command;
  close(): Promise<void>;
};

/** A training account with a project, and a folder to take it to. */
export async function startTakingHome(pictures: number, fewPictures = 1): Promise<TakingHome> {
  const closing = createClosing();
  const identity = closing.add(await startIdentityEndpoint());
  const project = await orchardProject(pictures);
  const small = { ...(await orchardProject(fewPictures)), name: 'small' };
  const zip = await sampleZip('fruit-boxes');
  const exported = (_: string, platform: string) =>
    platform === 'ONNX' ? zip : Buffer.from(`a model for ${platform}`);
  const training = closing.add(await startTrainingApi({ identity, projects: [project, small], exported }));
  identity.assignments.grant(
    SYSTEM_ASSIGNED.objectId,
    TRAINING_ACCOUNT,
    'Cognitive Services Custom Vision Deployment',
  );
  const home = await mkdtemp(join(tmpdir(), 'take-home-'));
  closing.add({ close: () => rm(home, { recursive: true, force: true }) });
  const folder = join(home, 'orchard');
  const environment = { ...identity.environment, VISION_TRAINING_ENDPOINT: training.url };
  const start: TakingHome['start'] = (args = ['--to', folder], named = project.id) =>
    keyless({ commandEnvironment: environment }, ['take-home', named, ...args]);
  return { project, small, training, identity, folder, environment, start, close: closing.close };
}

export const filesServed = ({ training }: TakingHome): number =>
  training.files.requests.filter(({ method, status }) => method === 'GET' && status === 200).length;

/** Ends the command, unless told otherwise without a warning, once that many files were served. Resolves with what it said. */
export async function endedAfter(
  taking: TakingHome,
  served: number,
  signal: 'SIGKILL' | 'SIGINT' = 'SIGKILL',
): Promise<string> {
  const { child, finished } = taking.start();
  while (filesServed(taking) < served && child.exitCode === null) await sleep(5);
  expect(child.exitCode, 'it must be at work when it is killed').toBeNull();
  child.kill(signal);
  const { code, out, err } = await finished;
  if (signal === 'SIGINT') expect({ code, out }).toEqual({ code: 130, out: '' });
  return out + err;
}

/** That everything is there, once, as it was, and nothing of a signed address anywhere. `kills`: how often it was ended. */
export async function expectAtHome(taking: TakingHome, said: string, kills: number): Promise<void> {
  const { project, training, folder } = taking;
  const { pictures = [], tags = [] } = project;
  const texts = await textsIn(folder);
  const files = await readdir(join(folder, 'pictures'));
  expect(files.length).toBe(pictures.length);
  for (const { id, bytes } of pictures) {
    const file = files.find((name) => name.startsWith(`${id}.`)) ?? `no file of ${id}`;
    expect((await readFile(join(folder, 'pictures', file))).equals(bytes), file).toBe(true);
  }
  // what was under way when the process was killed is fetched again, and nothing else
  const served = training.files.requests.filter(({ status }) => status === 200).map(({ path }) => path);
  for (const { id } of pictures) expect(served).toContain(picturePath(project.id, id));
  expect(served.length - new Set(served).size).toBeLessThanOrEqual(8 * kills);
  await expectLabels(taking, texts);
  await expectSums(folder, JSON.parse(texts.get('manifest.json') ?? '') as Manifest);
  expect(texts.get('labels.txt')).toBe(tags.map(({ name }) => `${name}\n`).join(''));
  for (const [file, text] of [...texts, ['what was said', said] as const]) {
    expect({ file, secrets: secretsIn(text), signed: /[?&](se|sv|sig|sp)=|Uri"/u.exec(text)?.[0] }).toEqual({
      file,
      secrets: [],
      signed: undefined,
    });
  }
  expect(training.files.requests.some(({ authorized }) => authorized)).toBe(false);
}

async function expectLabels({ project, folder }: TakingHome, texts: Map<string, string>): Promise<void> {
  const { pictures = [], tags = [] } = project;
  const tagName = (id: string) => tags.find((tag) => tag.id === id)?.name ?? '';
  const coco = new Map(readCoco(texts.get('coco.json') ?? '').map((each) => [each.file, each]));
  const labelled = pictures.filter(({ tagIds }) => tagIds.length > 0);
  expect(coco.size).toBe(labelled.length);
  const rows = new Set((texts.get('tags.csv') ?? '').trimEnd().split('\r\n').slice(1));
  expect(rows.size).toBe(labelled.length);
  for (const { id, bytes, regions, tagIds } of labelled) {
    const { format, autoOrient } = await sharp(bytes).metadata();
    const file = `pictures/${id}.${format === 'png' ? 'png' : 'jpg'}`;
    const { width: across, height: down } = autoOrient;
    const boxes = regions.map(({ tagId, left, top, width, height }) => ({
      tag: tagName(tagId),
      corners: [left * across, top * down, (left + width) * across, (top + height) * down].map(
        (corner): unknown => expect.closeTo(corner, 2),
      ),
    }));
    expect(coco.get(file)).toEqual({ file, width: across, height: down, boxes, tags: [] });
    const cell = tagIds.map(tagName).join('|');
    expect(rows).toContain(`${file},${/[",]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell}`);
  }
  expect((await readdir(folder)).sort()).toEqual([
    ...['coco.json', 'exports', 'labels.txt', 'manifest.json', 'pictures', 'pictures.json', 'project.json'],
    'tags.csv',
  ]);
}

type Summed = { file: string; bytes: number; sha256: string };
type Manifest = {
  complete: boolean;
  pictures: Record<string, Summed>;
  exports: (Summed & { checked: boolean })[];
  documents: Summed[];
};

async function expectSums(
  folder: string,
  { complete, pictures, exports, documents }: Manifest,
): Promise<void> {
  expect(complete).toBe(true);
  expect(exports).toMatchObject([{ form: 'onnx', checked: true }]);
  const told = [...Object.values(pictures), ...exports, ...documents];
  for (const { file, bytes, sha256 } of told) {
    const there = await readFile(join(folder, file));
    expect({ file, bytes: there.length, sha256: createHash('sha256').update(there).digest('hex') }).toEqual({
      ...{ file, bytes, sha256 },
    });
  }
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  expect(all.filter((entry) => entry.isFile()).length).toBe(told.length + 1);
}

/** The text files of the place itself, by name. */
async function textsIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return new Map(
    await Promise.all(files.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}
