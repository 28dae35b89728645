import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { packed } from '../../src/cli/models/packed.ts';
import { keyless } from '../support/command.ts';
import { useStack } from '../support/journeys.ts';
import { secretsIn, withoutIds } from '../support/recording.ts';

const PAGE = new URL('../../docs/leaving.md', import.meta.url);
/** What stands for the iteration on the page. */
const ITERATION = '0f9b5c1e-7a3d-4e52-9c86-1b2d3f4a5c6e';

type Step = { args: string[]; output: string };

/** The commands of the page, each with what it is said to print; those that are another’s are run elsewhere. */
const steps: Step[] = [...readFileSync(PAGE, 'utf8').matchAll(/^```\n\$ keyless (.+)\n([^`]*)^```$/gmu)].map(
  ([, args = '', output = '']) => ({ args: args.split(' '), output }),
);

const stack = useStack({ modelSettings: { fruit: { rate: 1_000 } } });
let folder: string;

/** What take-home leaves of a project of drawn fruits. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'leaving-'));
  const home = join(folder, 'orchard');
  mkdirSync(join(home, 'pictures'), { recursive: true });
  mkdirSync(join(home, 'exports', ITERATION), { recursive: true });
  const rows: string[] = [];
  for (let index = 0; index < 30; index += 1) {
    const { jpeg, boxes } = await drawPicture(53_000_000 + index, { size: 160 });
    writeFileSync(join(home, 'pictures', `${index}.jpg`), jpeg);
    rows.push(`pictures/${index}.jpg,${boxes[0]?.tagName}`);
    await stack.current.uploader.drop(`fruit/${index}.jpg`, jpeg);
  }
  writeFileSync(join(home, 'tags.csv'), ['file,tags', ...rows].join('\r\n'));
  cpSync('local/samples/fruit', join(folder, 'sample'), { recursive: true });
  const { bytes } = await packed(join(folder, 'sample'));
  writeFileSync(join(home, 'exports', ITERATION, 'onnx.zip'), bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files of the page lie in a folder of this test. */
const here = (arg: string) => (/^(orchard|fruit\.\w+$|evaluated)/u.test(arg) ? join(folder, arg) : arg);
const asOnPage = (text: string) => withoutIds(text.replaceAll(`${folder}/`, '')).trimEnd();

/** A line … stands for any that are left out. */
function shownAs(output: string): RegExp {
  const lines = asOnPage(output).split('\n');
  const pattern = lines
    .map((line) => (line === '…' ? '[^]*' : line.replaceAll(/[\\^$.*+?()[\]{}|]/gu, '\\$&')))
    .join('\n');
  return new RegExp(`^${pattern}$`, 'u');
}

async function run({ args }: Step, models: string): Promise<string> {
  const kept = args[0] === 'evaluate' ? ['--answers', join(folder, 'evaluated.jsonl')] : [];
  const { code, out, err } = await keyless(stack.current, [...args.map(here), ...kept], {
    VISION_MODELS: models,
  }).finished;
  expect(secretsIn(out + err)).toEqual([]);
  expect({ args, code, err }).toEqual({ args, code: 0, err });
  return asOnPage(err + out);
}

describe('the page about leaving Custom Vision', () => {
  it('tells commands that work one after the other, with what they print', async () => {
    const { fruit } = JSON.parse(stack.current.settings.VISION_MODELS ?? '');
    let models = JSON.stringify({ fruit });
    const own = steps.filter(({ args }) => args[0] !== 'take-home');
    const printed: string[] = [];
    for (const step of own) {
      const output = await run(step, models);
      printed.push(output);
      // from the upload on its setting is the one in use
      models = /VISION_MODELS '(\{.+\})'/u.exec(output)?.[1] ?? models;
    }
    expect(own.map(({ args }) => args[0])).toEqual([
      'evaluate',
      'models',
      'backfill',
      'documents',
      'evaluate',
    ]);
    for (const [index, { output }] of own.entries()) expect(printed[index]).toMatch(shownAs(output));
  });
});
