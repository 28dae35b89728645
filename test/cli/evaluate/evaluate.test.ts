import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_MODELS, startPredictors } from '../../../local/models.ts';
import { DEFAULT_PROJECT_ID } from '../../../local/prediction/models.ts';
import { waitFor } from '../../../local/waiting.ts';
import { type Parts, startParts, watchfulPredictor } from '../../local/prediction/parts.ts';
import { keyless } from '../../support/command.ts';
import { keylessHere } from '../../support/inProcess.ts';
import { jsonLines } from '../account.ts';
import { boxedOrchard, type Orchard, saidBy, taggedOrchard } from './orchard.ts';
import { countTag, secondAveragePrecision, secondMeans } from './secondCount.ts';

const [FRUIT = '', BOXES = ''] = [SAMPLE_MODELS.fruit, SAMPLE_MODELS['fruit-boxes']];

let parts: Parts;
let predictors: Awaited<ReturnType<typeof startPredictors>>;
let folder: string;
let tagged: Orchard;
let boxed: Orchard;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evaluate-'));
  predictors = await startPredictors(SAMPLE_MODELS);
  parts = await startParts({
    models: { ...predictors.models, 'always pear': watchfulPredictor('classify') },
  });
  tagged = await taggedOrchard(join(folder, 'tagged'), 24);
  boxed = await boxedOrchard(join(folder, 'boxed'), 16);
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
    fruit: { ...at('classify', 'fruit'), threshold: 0.6 },
    pear: at('classify', 'always pear'),
    boxes: at('detect', 'fruit-boxes'),
  }),
});
const run = (args: string[]) => keylessHere(['evaluate', ...args], environment());
/** What asks nobody. */
const runHere = (args: string[], own: Record<string, string> = {}) =>
  keylessHere(['evaluate', '--answers', join(folder, 'none.jsonl'), ...args], { ...environment(), ...own });
const answersIn = (name: string) => join(folder, name);

describe('evaluate', () => {
  it('tells of an export and folders of tags what an independent count tells, without settings', async () => {
    const { code, out } = await runHere([FRUIT, tagged.folder, '--json', '--threshold', '0.7'], {
      ...{ VISION_MODELS: '{}', IDENTITY_ENDPOINT: '' },
    });
    expect(code).toBe(0);
    const { pictures, task, models } = JSON.parse(out);
    const said = await saidBy(FRUIT, tagged.pictures, readFile);
    expect({ pictures, task }).toEqual({ pictures: 24, task: 'one tag' });
    expect(models[0].topRight.hits).toBe(
      said.filter(({ picture, answer }) => answer[0]?.tagName === picture.tags[0]).length,
    );
    for (const each of models[0].tags) {
      expect({ ...each, right: each.precision?.hits ?? 0 }).toMatchObject(countTag(said, each.tag, 0.7));
      const second = secondAveragePrecision(said, each.tag);
      if (second === undefined) expect(each).not.toHaveProperty('averagePrecision');
      else expect(Math.abs(each.averagePrecision - second)).toBeLessThan(0.001);
    }
  });

  it('tells of a detector and COCO boxes the mAP of a second count', async () => {
    const { code, out } = await runHere([
      BOXES,
      boxed.folder,
      '--truth',
      join(boxed.folder, 'coco.json'),
      '--json',
    ]);
    expect(code).toBe(0);
    const { task, models } = JSON.parse(out);
    const said = await saidBy(BOXES, boxed.pictures, readFile);
    const { at50 = 9, at50to95 = 9 } = secondMeans(said, predictors.models['fruit-boxes']?.tagNames ?? []);
    expect(task).toBe('boxes');
    expect(models[0].all.truths).toBe(boxed.pictures.flatMap(({ drawn }) => drawn?.boxes ?? []).length);
    expect(Math.abs(models[0].all.averagePrecision - at50)).toBeLessThan(0.001);
    expect(Math.abs(models[0].all.averagePrecision50to95 - at50to95)).toBeLessThan(0.001);
  });

  it('puts a model of the service and its export side by side, each at its threshold, and finds them alike', async () => {
    const { code, out } = await run([
      ...['fruit', tagged.folder, '--against', FRUIT, '--answers', answersIn('fruit.jsonl')],
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/\nA +fruit +service +\d+ of 24, .*\(\d+–\d+\) .* 0\.6 /u);
    expect(out).toMatch(/\nB +\S+fruit +export +\d+ of 24/u);
    expect(out).toMatch(/0 only in A \(fruit\), 0 only in B \(\S+\)\. They do not differ\./u);
    expect(out).toMatch(/\ntag +pictures +accepted +precision +recall +F1 +AP\n/u);
    expect(out).toMatch(/\nBest F1 [\d.]+, with "threshold": [\d.]+ in VISION_MODELS\.\n/u);
    expect(out).not.toContain('\u001b');
    expect(parts.server.requests).toHaveLength(24);
  });

  it('warns where a model says the same of every picture, never says a tag, and few pictures show it', async () => {
    const { out } = await runHere(['pear', tagged.folder, '--answers', answersIn('pear.jsonl')]);
    expect(out).toMatch(/Note: pear never answered apple, /u);
    expect(out).toMatch(/Note: Fewer than 20 pictures of apple \(\d+\)/u);
    const again = await runHere([answersIn('pear.jsonl'), tagged.folder]);
    expect(again.out).toMatch(/Note: All 24 pictures get the same answer, "pear"/u);
  });

  it('takes prediction documents in place of a model, by the pictures’ content, and asks nobody', async () => {
    const { code, out } = await runHere([
      ...[answersIn('fruit.jsonl'), tagged.folder, '--json', '--against', FRUIT],
    ]);
    expect(code).toBe(0);
    const { models, difference } = JSON.parse(out);
    expect(models[0]).toMatchObject({ kind: 'documents', threshold: 0.6 });
    expect(difference).toMatchObject({ onlyA: 0, onlyB: 0, chance: 1 });
    expect(parts.server.requests).toHaveLength(0);
  });

  it('takes any number of tags to a picture from a table, by | in a cell or line by line', async () => {
    const table = join(folder, 'tags.csv');
    const rows = boxed.pictures.map(({ name, tags }, index) =>
      index === 1
        ? tags.map((tag) => `${name};${tag}`).join('\r\n') || `${name};`
        : `${name};"${tags.join('|')}"`,
    );
    writeFileSync(table, `\uFEFFFile;Tags\r\n${rows.join('\r\n')}\r\n`);
    const { code, out } = await runHere([FRUIT, boxed.folder, '--truth', table, '--json']);
    expect(code).toBe(0);
    const { task, models } = JSON.parse(out);
    const said = await saidBy(FRUIT, boxed.pictures, readFile);
    expect(task).toBe('several tags');
    expect(models[0]).not.toHaveProperty('confusion');
    for (const each of models[0].tags)
      expect({ ...each, right: each.precision?.hits ?? 0 }).toMatchObject(countTag(said, each.tag, 0.5));
  });

  it('prints a table for machines, which a reader of CSV takes', async () => {
    const { parse } = await import('csv-parse/sync');
    const { out } = await runHere([FRUIT, tagged.folder, '--csv']);
    const rows: Record<string, string>[] = parse(out, { columns: true });
    expect(rows.at(-1)).toMatchObject({ model: FRUIT, tag: '', truths: '24' });
    expect(rows.map(({ tag }) => tag)).toContain('lemon');
  });

  it('counts a picture that fails in no figure, says why, and ends with 1', async () => {
    const copy = join(folder, 'with-broken');
    cpSync(tagged.folder, copy, { recursive: true });
    writeFileSync(join(copy, 'apple', 'broken.jpg'), 'no picture');
    const { code, out, err } = await runHere([FRUIT, copy, '--json']);
    expect(code).toBe(1);
    const { pictures, failed } = JSON.parse(out);
    expect({ pictures, failed }).toMatchObject({ pictures: 24, failed: [{ name: 'apple/broken.jpg' }] });
    expect(err).toMatch(/apple\/broken\.jpg: \S+: Image\w+: .+\nFix: /u);
  });
});

describe('what is paid for', () => {
  it('is kept: a second run asks nothing, and tells the same', async () => {
    const kept = join(folder, 'kept.jsonl');
    const first = await run(['fruit', tagged.folder, '--answers', kept, '--json']);
    expect(parts.server.requests).toHaveLength(24);
    const second = await runHere(['fruit', tagged.folder, '--answers', kept, '--json']);
    expect(parts.server.requests).toHaveLength(24);
    expect(JSON.parse(second.out)).toEqual(JSON.parse(first.out));
    expect(second.err).toContain(`24 answers are in ${kept} and not paid again`);
  });

  it('is kept where the run was interrupted, and half a line is asked for again', async () => {
    const kept = join(folder, 'interrupted.jsonl');
    parts.server.faults.latencyMs = 150;
    const { child, finished } = keyless({ commandEnvironment: environment() }, [
      ...['evaluate', 'fruit', tagged.folder, '--answers', kept, '--concurrency', '2'],
    ]);
    await waitFor('some calls', async () => parts.server.requests[9]);
    child.kill('SIGINT');
    const { code, err } = await finished;
    expect({ code, err }).toMatchObject({
      code: 130,
      err: expect.stringMatching(/is kept: the same command goes on/u),
    });
    const lines = readFileSync(kept, 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(6);
    writeFileSync(kept, `${lines.slice(0, 6).join('\n')}\n${lines[0]?.slice(0, 90)}`);
    parts.server.reset();
    const second = await run(['fruit', tagged.folder, '--answers', kept]);
    expect(second.code).toBe(0);
    expect(parts.server.requests).toHaveLength(24 - 6);
    expect(jsonLines(readFileSync(kept, 'utf8'))).toHaveLength(24);
  });

  it('is told and asked above 100 calls, of which those of the same content count once', async () => {
    const many = join(folder, 'many');
    mkdirSync(join(many, 'apple'), { recursive: true });
    const apple = readFileSync(tagged.pictures[0]?.path ?? '');
    for (let index = 0; index < 103; index += 1)
      writeFileSync(join(many, 'apple', `${index}.jpg`), Buffer.concat([apple, Buffer.from([index % 101])]));
    const { code, out, err } = await runHere(['fruit', many]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('101 pictures, 101 paid calls, about 0.20 at 2 per 1,000.\nScore them? Nobody can');
    expect(parts.server.requests).toHaveLength(0);
  });
});

describe('what evaluate refuses', () => {
  it('is told in words that say what was expected, with 2, before anything is asked', async () => {
    const write = (name: string, text: string) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    };
    const [empty, lost] = [
      join(folder, 'empty'),
      '{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[{"image_id":2,"category_id":1}],"categories":[]}',
    ];
    mkdirSync(empty);
    const truth = (path: string) => ['--truth', path];
    const refusals: [string[], RegExp][] = [
      [[FRUIT, join(folder, 'nowhere')], /There is no folder .*\nFix: Name a folder of pictures/u],
      [[FRUIT, empty], /no picture in the folder/u],
      [[FRUIT, boxed.folder], /lie in no folder of their tag\.\nFix: .*--truth/u],
      [['./nowhere.zip', tagged.folder], /There is no file or folder/u],
      [['frut', tagged.folder], /no model "frut".*Did you mean fruit/u],
      [[FRUIT, tagged.folder, '--against', FRUIT], /two different models/u],
      [[FRUIT, tagged.folder, '--against', 'boxes'], /two models of one task/u],
      [['boxes', tagged.folder], /finds boxes, and the truth tells none of .*\nFix: Name a COCO file/u],
      [[FRUIT, tagged.folder, '--json', '--csv'], /cannot be used with/u],
      [[FRUIT, tagged.folder, ...truth(join(folder, 'nowhere.csv'))], /--truth: there is no file/u],
      [
        [FRUIT, tagged.folder, ...truth(write('truth.xml', '<a/>'))],
        /expected a COCO file \(\.json\) or a table/u,
      ],
      [
        [FRUIT, tagged.folder, ...truth(write('no.csv', 'a.jpg,apple\n'))],
        /expected columns file and tags, got a\.jpg, apple/u,
      ],
      [
        [FRUIT, tagged.folder, ...truth(write('quote.csv', 'file,tags\n"a.jpg,apple\n'))],
        /is no table: .*Quote/u,
      ],
      [
        [FRUIT, tagged.folder, ...truth(write('other.csv', 'file,tags\nx.jpg,apple\n'))],
        /1 of 1 pictures of .* are not in .*: x\.jpg\./u,
      ],
      [[FRUIT, tagged.folder, ...truth(write('none.csv', 'file,tags\n'))], /tells of no picture/u],
      [[FRUIT, tagged.folder, ...truth(write('bad.json', '{"images": 3}'))], /is no COCO file: images: /u],
      [[FRUIT, tagged.folder, ...truth(write('lost.json', lost))], /an annotation is of the image 2/u],
      [
        ['fruit', tagged.folder, '--answers', join(folder, 'no', 'where.jsonl')],
        /--answers: .* cannot be written \(ENOENT\)/u,
      ],
      [
        ['fruit', tagged.folder, '--answers', write('foreign.jsonl', 'one\ntwo\n')],
        /Line 1 of .* is no prediction document/u,
      ],
      [[write('nothing.jsonl', ''), tagged.folder], /no answer of a model/u],
    ];
    for (const [args, words] of refusals) {
      const { code, out, err } = await runHere(args);
      expect({ args, code, out, err }).toEqual({
        ...{ args, code: 2, out: '', err: expect.stringMatching(words) },
      });
    }
    expect(parts.server.requests).toHaveLength(0);
  });
});
