import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_MODELS, startPredictors } from '../../local/models.ts';
import { DEFAULT_PROJECT_ID } from '../../local/prediction/models.ts';
import { waitFor } from '../../local/waiting.ts';
import { compareCommand } from '../../src/cli/commands/compare.ts';
import { compare } from '../../src/cli/compare/compare.ts';
import { UsageError } from '../../src/cli/faults.ts';
import { type Parts, startParts, watchfulPredictor } from '../local/prediction/parts.ts';
import { verdict } from '../pictures/painted.ts';
import { keyless } from '../support/command.ts';
import { keylessHere } from '../support/inProcess.ts';
import { mutated, wholePictures } from '../support/mutatedPictures.ts';
import { rejection } from '../support/secrets.ts';

const PICTURES = fileURLToPath(new URL('../../local/samples/pictures', import.meta.url));
const [FRUIT = '', BOXES = ''] = [SAMPLE_MODELS.fruit, SAMPLE_MODELS['fruit-boxes']];

let parts: Parts;
let predictors: Awaited<ReturnType<typeof startPredictors>>;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'compare-'));
  predictors = await startPredictors(SAMPLE_MODELS);
  parts = await startParts({
    models: { ...predictors.models, 'always pear': watchfulPredictor('classify') },
  });
  await sharp(join(PICTURES, 'apple.jpg')).modulate({ hue: 60 }).toFile(join(folder, 'yellow.jpg'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await parts?.close();
  await predictors?.close();
});
beforeEach(() => parts.server.reset());

const at = (task: string, publishedName: string) => ({
  ...{ endpoint: parts.server.url, projectId: DEFAULT_PROJECT_ID, publishedName, task, rate: 500 },
});
const environment = () => ({
  ...parts.identity.environment,
  VISION_MODELS: JSON.stringify({
    fruit: at('classify', 'fruit'),
    pear: at('classify', 'always pear'),
    boxes: at('detect', 'fruit-boxes'),
  }),
});
const start = (args: string[], own: Record<string, string> = {}) =>
  keyless({ commandEnvironment: environment() }, ['compare', ...args], own);
const run = (args: string[], own: Record<string, string> = {}) =>
  keylessHere(['compare', ...args], { ...environment(), ...own });

describe('compare', () => {
  it('finds a model of the service and its own export in agreement, run in this process', async () => {
    const { code, out, err } = await run(['fruit', FRUIT, PICTURES]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /\nA +fruit +service +classify +[\d.]+ ms\nB +\S+\/samples\/fruit +export +classify +[\d.]+ ms\n/u,
    );
    expect(out).toMatch(/\n2 of 2 top tags agree \(100\.0 %\); the tags of 0 pictures changed\.\n$/u);
    expect(parts.server.requests).toHaveLength(2);
  });

  it('pairs the boxes of detectors', async () => {
    const { code, out } = await run(['boxes', BOXES, PICTURES, '--json']);
    expect(code).toBe(0);
    const { summary, pictures, a, b } = JSON.parse(out);
    expect([a, b]).toEqual([
      { name: 'boxes', kind: 'service', task: 'detect' },
      { name: BOXES, kind: 'export', task: 'detect' },
    ]);
    expect(summary).toMatchObject({ pictures: 2, agreed: 2, changed: 0, boxes: { onlyA: 0, onlyB: 0 } });
    expect(summary.boxes.pairs).toBeGreaterThanOrEqual(3);
    expect(summary.boxes.meanOverlap).toBeCloseTo(1, 5);
    expect(pictures[0]).toMatchObject({ a: { durationMs: expect.any(Number) }, changed: false });
  });

  it('ends with 1 and shows each picture whose tags changed, at a threshold of its own too', async () => {
    const { code, out } = await run([
      'fruit',
      'pear',
      PICTURES,
      join(folder, 'yellow.jpg'),
      '--threshold',
      '0.8',
    ]);
    expect(code).toBe(1);
    expect(out).toContain('0 of 3 top tags agree (0.0 %); the tags of 3 pictures changed.');
    expect(out).toMatch(/\npicture +A +B\n/u);
    expect(out).toMatch(/apple\.jpg +apple \d+\.\d % +nothing \(pear 75\.0 %\)\n/u);
  });

  it('needs no settings for two exports', async () => {
    const copy = join(folder, 'export');
    cpSync(FRUIT, copy, { recursive: true });
    const { code, out, err } = await run([FRUIT, copy, PICTURES], {
      VISION_MODELS: '{}',
      IDENTITY_ENDPOINT: '',
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('2 of 2 top tags agree');
  });

  it('has one verdict with the app and the prediction server over any damaged picture', async () => {
    const damaged = fc.sample(mutated(await wholePictures()), 90);
    const many = join(folder, 'damaged');
    mkdirSync(many);
    const expected = new Map<string, string>();
    for (const [index, { format, bytes }] of damaged.entries()) {
      const name = join(many, `${index}.${format.toLowerCase()}`);
      writeFileSync(name, bytes);
      expected.set(name, await verdict(bytes));
    }
    const { out } = await run(['fruit', FRUIT, many, '--json', '--yes']);
    const { pictures, failed } = JSON.parse(out) as {
      pictures: { name: string; agreed: boolean; changed: boolean }[];
      failed: { name: string; code: string }[];
    };
    const said = new Map([
      ...pictures.map(({ name, agreed }) => [name, agreed ? 'fit' : 'seen otherwise'] as const),
      ...failed.map(({ name, code }) => [name, code] as const),
    ]);
    expect(Object.fromEntries(said)).toEqual(Object.fromEntries(expected));
    expect(parts.server.requests.every(({ status }) => status === 200)).toBe(true);
  });

  it('ends with 1 where a picture fails, naming model, code and fix, and compares the others', async () => {
    const broken = join(folder, 'broken.jpg');
    writeFileSync(broken, 'no picture');
    const { code, out, err } = await run(['fruit', 'pear', broken, join(PICTURES, 'apple.jpg')]);
    expect(code).toBe(1);
    expect(out).toContain('0 of 1 top tags agree');
    expect(err).toMatch(/broken\.jpg: fruit: Image\w+: .+\nFix: .+\n$/u);
  });

  it('gives up what is under way on Ctrl-C and ends with 130', async () => {
    parts.server.faults.latencyMs = 30_000;
    const { child, finished } = start(['fruit', 'pear', PICTURES]);
    await waitFor('the first call', async () => parts.server.requests[0]);
    child.kill('SIGINT');
    expect(await finished).toMatchObject({ code: 130, out: '', err: 'Interrupted after 0 of 2 pictures.\n' });
  });

  it('asks before more than 100 calls of the service, and lets both models go where nobody can be asked', async () => {
    const many = mkdtempSync(join(tmpdir(), 'compare-many-'));
    for (let index = 0; index < 51; index += 1)
      cpSync(join(PICTURES, 'apple.jpg'), join(many, `${index}.jpg`));
    const { code, out, err } = await run(['fruit', 'pear', many]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('51 pictures, 102 paid calls, about 0.20 at 2 per 1,000.\nScore them? Nobody can');
    expect(parts.server.requests).toHaveLength(0);
    rmSync(many, { recursive: true });
  });

  it('refuses what cannot be compared before anything is sent', async () => {
    const [unlike, slip] = await Promise.all([
      run(['fruit', 'boxes', PICTURES]),
      run(['friut', 'pear', PICTURES]),
    ]);
    expect(unlike).toMatchObject({
      code: 2,
      err: expect.stringMatching(/fruit is to classify and boxes to detect/u),
    });
    expect(slip).toMatchObject({ code: 2, err: expect.stringMatching(/"friut"; .* Did you mean fruit\?/u) });
    expect(parts.server.requests).toHaveLength(0);
  });

  it.each<[string, [string, string], string, RegExp]>([
    ['the same model twice', ['fruit', 'fruit'], PICTURES, /two different models, got "fruit" twice/u],
    ['a folder that is not there', ['./nowhere', FRUIT], PICTURES, /no file or folder "\.\/nowhere"/u],
    ['a folder that is no export', [PICTURES, FRUIT], PICTURES, /ExportInvalid: There is no model in it/u],
    ['a url', ['fruit', FRUIT], 'https://a.test/a.jpg?sig=secret', /got the url https:\/\/a\.test\/a\.jpg:/u],
  ])('refuses %s as wrong use', async (_what, names, picture, words) => {
    const refusal = await rejection(compare(names, [picture], {}));
    expect(refusal).toBeInstanceOf(UsageError);
    expect(refusal).toMatchObject({ message: expect.stringMatching(words) });
  });

  it('says in its help how long there is time', () => {
    let help = '';
    compareCommand()
      .configureOutput({ writeOut: (words) => (help += words) })
      .outputHelp();
    expect(help).toContain('Custom Vision ends on 25 September 2028');
  });
});
