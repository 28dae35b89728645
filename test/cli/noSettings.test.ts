import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings/settings.ts';
import { keylessHere } from '../support/inProcess.ts';

const SAMPLE_PICTURE = fileURLToPath(new URL('../../local/samples/pictures/apple.jpg', import.meta.url));
const run = keylessHere;
const COPY = 'cp local.settings.sample.json local.settings.json';

describe('on a fresh clone, without any setting,', () => {
  it('doctor says one thing: how to begin', async () => {
    const { code, out } = await run(['doctor']);
    expect(code).toBe(1);
    expect(out).toMatch(/^✗ The app’s settings: There are no settings yet/u);
    expect(out).toMatch(/npm run local/u);
    expect(out).toMatch(new RegExp(`\n1 fault\\. First: .* Next: ${COPY}\n$`, 'u'));
    expect(out).not.toMatch(/ImageStorage|AzureWebJobsStorage|VISION_|func settings|could not be checked/u);
  });

  it('doctor says it to machines too', async () => {
    const { code, out } = await run(['doctor', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      cause: 'settings',
      next: COPY,
      counts: { ok: 0, warning: 0, fault: 1, 'could not check': 0 },
      checks: [{ id: 'settings' }],
    });
  });

  it.each([
    [['predict', SAMPLE_PICTURE]],
    [['compare', 'fruit', 'fruit-next', SAMPLE_PICTURE]],
    [['retry', '--dry-run']],
    [['backfill', '--model', 'fruit']],
  ])('%j says so, and how to begin', async (args) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /^There are no settings yet.*\nFix: cp local\.settings\.sample\.json .*npm run local/u,
    );
    expect(err).not.toMatch(/ImageStorage|VISION_/u);
  });

  it('projects asks for the one address it needs, once', async () => {
    const { code, err } = await run(['projects']);
    expect(code).toBe(2);
    expect(err).toMatch(/^Expected the address of the training account, .*\nFix: .*--endpoint/u);
  });

  it.each([
    [['predict', 'nosuch.jpg'], /^There is no file "nosuch\.jpg"/u],
    [['predict', 'nosuch/**/*.jpg'], /^There is no file .* none that matches/u],
    [['predict', 'https://user:canary@pictures.example/a.jpg'], /^Expected a url without a user name/u],
    [['compare', 'fruit', 'fruit-next', 'nosuch.jpg'], /^There is no file "nosuch\.jpg"/u],
    [['compare', 'fruit', './no-export', SAMPLE_PICTURE], /^There is no file or folder "\.\/no-export"/u],
    [['compare', 'fruit', 'fruit', SAMPLE_PICTURE], /^Expected two different models/u],
    [['retry', '--code', 'Nonsense'], /^There is no error code Nonsense/u],
    [['projects', '--endpoint', 'fruit'], /^--endpoint: expected a URL/u],
    [['doctor', '--app', 'orchard'], /^To look at a deployed app/u],
  ])('%j is told what is wrong with it, not of settings', async (args, words) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(words);
    expect(err).not.toMatch(/settings/iu);
  });
});

it('with one setting of the app the others are told as missing, as before', async () => {
  const { code, err } = await run(['retry'], { IMAGES_CONTAINER: 'pictures', VISION_TASK: 'detect' });
  expect(code).toBe(1);
  expect(err).toMatch(/ImageStorage__blobServiceUri.*VISION_ENDPOINT/u);
});

it('the sample as it is names nobody’s account, and is told so', () => {
  const url =
    'https://your-account.cognitiveservices.azure.com/customvision/v3.1/Prediction/00000000-0000-0000-0000-000000000000/classify/iterations/your-published-name/image';
  const { problems } = readSettings({
    ImageStorage: 'UseDevelopmentStorage=true',
    VISION_PREDICTION_URL: url,
  });
  expect(problems).toMatchObject([
    {
      setting: 'VISION_PREDICTION_URL',
      expected: expect.stringContaining('of your own model in place of the sample’s'),
    },
  ]);
});
