import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_ASSIGNED } from '../../local/identity/identities.ts';
import { DEFAULT_PROJECT_ID } from '../../local/prediction/models.ts';
import { waitFor } from '../../local/waiting.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { type Parts, startParts } from '../local/prediction/parts.ts';
import { bitmap } from '../pictures/files.ts';
import { keyless, NO_SETTINGS } from '../support/command.ts';
import { keylessHere } from '../support/inProcess.ts';
import { jsonLines } from './account.ts';

const APPLE = 'local/samples/pictures/apple.jpg';

let parts: Parts;
let folder: string;
beforeAll(async () => {
  parts = await startParts();
  folder = mkdtempSync(join(tmpdir(), 'predict-'));
  mkdirSync(join(folder, 'deep'));
  cpSync(APPLE, join(folder, 'apple.jpg'));
  cpSync(APPLE, join(folder, 'deep', 'apple.jpg'));
  writeFileSync(join(folder, 'deep', 'square.bmp'), bitmap(40, 40));
  writeFileSync(join(folder, 'notes.txt'), 'no picture');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await parts?.close();
});
beforeEach(() => {
  parts.server.reset();
  parts.identity.reset();
});

const at = (task: string, publishedName: string, rate = 1_000) => ({
  ...{ endpoint: parts.server.url, projectId: DEFAULT_PROJECT_ID, publishedName, task, rate },
});
const environment = () => ({
  ...parts.identity.environment,
  VISION_MODELS: JSON.stringify({
    default: at('classify', 'fruit'),
    boxes: at('detect', 'fruit boxes'),
    slow: at('classify', 'fruit', 2),
  }),
});
const start = (args: string[], own: Record<string, string> = {}) =>
  keyless({ commandEnvironment: environment() }, ['predict', ...args], own);
const run = (args: string[], own: Record<string, string> = {}) =>
  keylessHere(['predict', ...args], { ...environment(), ...own });
const cellsOf = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/u));

describe('predict', () => {
  it('scores files, folders and patterns once each, with one token, without any storage', async () => {
    const { code, out, err } = await run([join(folder, 'apple.jpg'), folder, `${folder}/**/*.bmp`]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const row = (...path: string[]) => [
      join(folder, ...path),
      'pear',
      '75.0 %',
      expect.stringMatching(/^\d+ ms$/u),
    ];
    expect(cellsOf(out)).toEqual([
      ['picture', 'tag', 'probability', 'time'],
      row('apple.jpg'),
      row('deep', 'apple.jpg'),
      row('deep', 'square.bmp'),
    ]);
    expect(parts.server.requests).toHaveLength(3);
    expect(parts.identity.requests).toHaveLength(1);
    expect(out).not.toContain('\u001b');
  });

  it('takes the picture from standard input, and another model and threshold', async () => {
    const args = ['--settings', NO_SETTINGS, 'predict', '-', '--model', 'boxes', '--threshold', '0.9'];
    const child = spawn(process.execPath, ['src/cli/keyless.js', ...args], {
      env: { PATH: process.env.PATH, ...environment() },
    });
    child.stdin.end(readFileSync(APPLE));
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    expect(code).toBe(0);
    expect(cellsOf(out)).toEqual([
      ['picture', 'tag', 'probability', 'box', 'time'],
      ['-', 'pear (below the threshold)', '75.0 %', '10, 20: 30 × 40 %', expect.stringMatching(/ms$/u)],
    ]);
  });

  it('gives prediction documents as JSON lines and draws each picture with what was seen', async () => {
    const svg = join(folder, 'drawings');
    const { code, out, err } = await run([folder, '--model', 'boxes', '--json', '--svg', svg]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const documents = jsonLines(out) as unknown as PredictionDocument[];
    expect(documents).toHaveLength(3);
    for (const document of documents) {
      expect(document).toMatchObject({
        status: 'succeeded',
        image: { name: expect.stringContaining(folder), sha256: expect.any(String) },
        results: [{ model: 'boxes', accepted: [{ tagName: 'pear' }] }],
      });
    }
    expect(readdirSync(svg).toSorted()).toEqual(['apple.jpg-2.svg', 'apple.jpg.svg', 'square.bmp.svg']);
    const drawing = readFileSync(join(svg, 'apple.jpg.svg'), 'utf8');
    expect(drawing).toMatch(/^<svg [\s\S]*href="data:image\/jpeg;base64,[\s\S]*<rect [\s\S]*pear/u);
    rmSync(svg, { recursive: true });
  });

  it('sends a url as a url, and names it without what may be a signature', async () => {
    const { code, out } = await run(['https://127.0.0.1:9/apple.jpg?sig=secret', '--json']);
    expect(code).toBe(1); // nobody is there to fetch it from
    expect(parts.server.requests).toMatchObject([{ source: 'url', publishedName: 'fruit' }]);
    expect(jsonLines(out)).toMatchObject([
      {
        status: 'failed',
        image: { name: 'https://127.0.0.1:9/apple.jpg' },
        error: { code: 'ImageUrlUnreachable' },
      },
    ]);
    expect(out).not.toContain('secret');
  });

  it('ends with 1 where a picture fails, with code and fix of each, and goes on with the others', async () => {
    const { code, out, err } = await run([join(folder, 'notes.txt'), APPLE]);
    expect(code).toBe(1);
    expect(cellsOf(out).slice(1)).toEqual([
      [join(folder, 'notes.txt'), expect.stringMatching(/^Image[A-Za-z]+$/u)],
      [APPLE, 'pear', '75.0 %', expect.any(String)],
    ]);
    expect(err).toMatch(/notes\.txt: Image\w+: .+\nFix: .+\n$/u);
  });

  it('tells once what to do where all fail for one reason', async () => {
    parts.identity.assignments.revoke(SYSTEM_ASSIGNED.objectId, 'keyless-vision-prediction');
    const { code, err } = await run([folder]);
    expect(code).toBe(1);
    expect(err.match(/PermissionDenied: /gu)).toHaveLength(3);
    expect(err.match(/^Fix: az role assignment create/gmu)).toHaveLength(1);
    expect(err).not.toMatch(/ey[A-Za-z0-9_-]{16,}/u);
  });

  it('gives up what is under way on Ctrl-C, tells what is done, and ends with 130', async () => {
    const { child, finished } = start([folder, '--model', 'slow', '--json', '--concurrency', '1']);
    await once(child.stdout as NodeJS.EventEmitter, 'data');
    parts.server.faults.latencyMs = 30_000;
    await waitFor('the second call', async () => parts.server.requests[1]);
    child.kill('SIGINT');
    const started = performance.now();
    const { code, out, err } = await finished;
    expect(code).toBe(130);
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(jsonLines(out)).toMatchObject([{ status: 'succeeded' }]);
    expect(err).toBe('Interrupted after 1 of 3 pictures.\n');
  });

  it('asks before more than 100 calls, tiles among them, and pays for nothing where nobody can be asked', async () => {
    const many = mkdtempSync(join(tmpdir(), 'predict-many-'));
    for (let index = 0; index < 11; index += 1) cpSync(APPLE, join(many, `${index}.jpg`));
    const tiled = {
      VISION_MODELS: JSON.stringify({ default: { ...at('detect', 'fruit boxes'), tiles: true } }),
    };
    const refused = await run([many], tiled);
    expect(refused).toEqual({
      code: 2,
      out: '',
      err: '11 pictures, 11 to 110 paid calls, about 0.02 to 0.22 at 2 per 1,000; a picture that has to be shrunk takes up to 9 more for its tiles.\nScore them? Nobody can answer: this is not a terminal. Nothing was paid.\nFix: The same command with --yes.\n',
    });
    expect(parts.server.requests).toHaveLength(0);
    expect(await run([many, '--yes'], tiled)).toMatchObject({ code: 0 });
    expect(await run([many])).toMatchObject({ code: 0, err: '' });
    expect(parts.server.requests).toHaveLength(22);
    rmSync(many, { recursive: true });
  });

  it('refuses what names no picture or no model before anything is sent', async () => {
    const refusals: [string[], RegExp][] = [
      [['pears.jpg'], /There is no file "pears\.jpg"\.\nFix: Name pictures/u],
      [['nowhere/*.jpg'], /none that matches it/u],
      [
        [APPLE, '--model', 'boxs'],
        /no model "boxs"; there are: default, boxes, slow\. Did you mean boxes\?/u,
      ],
      [[APPLE, '--threshold', '1.5'], /a number from 0 to 1/u],
      [[], /missing required argument/u],
    ];
    const done = await Promise.all(refusals.map(([args]) => run(args)));
    for (const [index, [, words]] of refusals.entries()) {
      expect(done[index]).toMatchObject({ code: 2, out: '', err: expect.stringMatching(words) });
    }
    expect(parts.server.requests).toHaveLength(0);
  });
});
