import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keylessBeside } from '../support/inProcess.ts';
import { useStack } from '../support/journeys.ts';
import { secretsIn, withoutIds } from '../support/recording.ts';

const PAGE = new URL('../../docs/leaving.md', import.meta.url);
type Step = { args: string[]; output: string };

/** The commands of the page, each with what it is said to print. */
const steps: Step[] = [...readFileSync(PAGE, 'utf8').matchAll(/^```\n\$ keyless (.+)\n([^`]*)^```$/gmu)].map(
  ([, args = '', output = '']) => ({ args: args.split(' '), output }),
);

/** What stands for the classifier’s iteration on the page. */
const ITERATION = '0f9b5c1e-7a3d-4e52-9c86-1b2d3f4a5c6e';

const stack = useStack({
  modelSettings: { fruit: { rate: 1_000 } },
  trainingPictures: { count: 31, fruits: 1 },
});
let folder: string;
let takenIteration = ITERATION;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'leaving-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files of the page lie in a folder of this test. */
const here = (arg: string) =>
  /^(orchard|fruit\.\w+$|evaluated)/u.test(arg) ? join(folder, arg.replace(ITERATION, takenIteration)) : arg;
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
  const { code, out, err } = await keylessBeside(stack.current, [...args.map(here), ...kept], {
    VISION_MODELS: models,
    VISION_TRAINING_ENDPOINT: stack.current.training.url,
  });
  expect(secretsIn(out + err)).toEqual([]);
  expect({ args, code, err }).toEqual({ args, code: 0, err });
  return asOnPage(err + out);
}

describe('the page about leaving Custom Vision', () => {
  it('tells commands that work one after the other, with what they print', async () => {
    const { fruit } = JSON.parse(stack.current.settings.VISION_MODELS ?? '');
    let models = JSON.stringify({ fruit });
    const printed: string[] = [];
    for (const step of steps) {
      const output = await run(step, models);
      printed.push(output);
      // from the upload on its setting is the one in use
      models = /VISION_MODELS '(\{.+\})'/u.exec(output)?.[1] ?? models;
      if (step.args[0] === 'take-home') {
        await dropAgain();
        takenIteration = classifierOf(join(folder, 'orchard'));
      }
    }
    expect(steps.map(({ args }) => args[0])).toEqual([
      'take-home',
      'evaluate',
      'models',
      'backfill',
      'documents',
      'evaluate',
    ]);
    for (const [index, { output }] of steps.entries()) expect(printed[index]).toMatch(shownAs(output));
  });
});

/** The app has scored the project’s pictures, or is to. */
async function dropAgain(): Promise<void> {
  const pictures = join(folder, 'orchard', 'pictures');
  for (const file of readdirSync(pictures))
    await stack.current.uploader.drop(`fruit/${file}`, readFileSync(join(pictures, file)));
}

function classifierOf(home: string): string {
  const { iterations } = JSON.parse(readFileSync(join(home, 'project.json'), 'utf8')) as {
    iterations: { id: string; publishName?: string }[];
  };
  return iterations.find(({ publishName }) => publishName === 'fruit')?.id ?? '';
}
