import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_ASSIGNED } from '../../local/identity/identities.ts';
import type { TrainingApi } from '../../local/trainingApi/contract.ts';
import { DOMAINS, iteration, PREDICTION_ACCOUNT_ID, projectsOf } from '../../local/trainingApi/projects.ts';
import { startTrainingApi, TRAINING_ACCOUNT } from '../../local/trainingApi/server.ts';
import { UsageError } from '../../src/cli/faults.ts';
import { trainingEndpoint } from '../../src/cli/training/endpoint.ts';
import { type Parts, startParts } from '../local/prediction/parts.ts';
import { keylessHere } from '../support/inProcess.ts';

const [GENERAL] = DOMAINS;
const ID = '0f0c1a52-2f4e-4a0b-9a3b-6d0a4c1f7e11';
const OLD = {
  id: 'aa0c1a52-2f4e-4a0b-9a3b-6d0a4c1f7e12',
  name: 'old\u001b[2J pears',
  domainId: GENERAL?.id ?? '',
  classificationType: 'Multilabel' as const,
  iterations: [
    iteration({
      id: ID,
      name: 'Iteration 1',
      domainId: GENERAL?.id ?? '',
      trainedAt: '2024-02-01T00:00:00Z',
    }),
    iteration(
      { id: ID, name: 'Iteration 2', domainId: GENERAL?.id ?? '', exportable: false, exportableTo: [] },
      'pears',
    ),
    iteration({
      id: ID,
      name: 'Iteration 3',
      domainId: GENERAL?.id ?? '',
      trainedAt: null,
      status: 'Training',
    }),
  ],
};

let parts: Parts;
let training: TrainingApi;
beforeAll(async () => {
  parts = await startParts();
  const models = {
    fruit: { task: 'classify', iterationId: ID },
    'fruit boxes': { task: 'detect', iterationId: ID },
  } as const;
  training = await startTrainingApi({ identity: parts.identity, projects: [OLD, ...projectsOf(models)] });
});
afterAll(async () => {
  await training?.close();
  await parts?.close();
});
beforeEach(() => {
  training.reset();
  parts.identity.reset();
  parts.identity.assignments.grant(
    SYSTEM_ASSIGNED.objectId,
    TRAINING_ACCOUNT,
    'Cognitive Services Custom Vision Reader',
  );
});

const run = (args: string[] = [], own: Record<string, string> = {}) =>
  keylessHere(['projects', ...args], {
    ...parts.identity.environment,
    VISION_TRAINING_ENDPOINT: training.url,
    ...own,
  });

describe('projects', () => {
  it('lists each project with its task, its domain and its iterations, the latest trained first, with one token', async () => {
    const { code, out, err } = await run();
    expect({ code, err }).toEqual({
      code: 0,
      err: `3 projects at ${new URL(training.url).host}, 3 published iterations. 1 of them cannot be exported: only models of compact domains can leave Custom Vision before its end on 25 September 2028.\n`,
    });
    const [fruit, boxes, old] = out.split('\n\n');
    expect(fruit).toMatch(
      /^fruit {2}[\da-f-]{36} {2}classification, multiclass, domain General \(compact\)\n/u,
    );
    expect(boxes).toMatch(
      /^fruit boxes {2}[\da-f-]{36} {2}object detection, domain General \(compact\) \[S1\]\n/u,
    );
    expect(fruit).toMatch(/Iteration 1 +fruit +keyless-vision-prediction +2026-03-14 +ONNX, DockerFile/u);
    expect(
      old
        ?.trimEnd()
        .split('\n')
        .map((line) => line.trim().split(/ {2,}/u)),
    ).toEqual([
      ['old\uFFFD[2J pears', OLD.id, 'classification, multilabel, domain General'],
      ['iteration', 'published as', 'published to', 'trained', 'export'],
      ['Iteration 2', 'pears', 'keyless-vision-prediction', '2026-03-14', 'no'],
      ['Iteration 1', '–', '–', '2024-02-01', 'ONNX, DockerFile, CoreML, TensorFlow'],
      ['Iteration 3', '–', '–', 'training', 'ONNX, DockerFile, CoreML, TensorFlow'],
    ]);
    expect(parts.identity.count('https://cognitiveservices.azure.com')).toBe(1);
    expect(training.requests.every(({ path }) => path.startsWith('/customvision/v3.3/training/'))).toBe(true);
  });

  it('gives all of it as JSON, with whole resource ids; --endpoint goes before the setting', async () => {
    const { code, out } = await run(['--json', '--endpoint', training.url], {
      VISION_TRAINING_ENDPOINT: 'https://elsewhere.cognitiveservices.azure.com',
    });
    expect(code).toBe(0);
    const overviews = JSON.parse(out) as { name: string; iterations: unknown[] }[];
    expect(overviews.map(({ name }) => name)).toEqual(['fruit', 'fruit boxes', OLD.name]);
    expect(overviews[2]).toMatchObject({ id: OLD.id, task: 'classify', domain: 'General' });
    expect(overviews[2]?.iterations[0]).toEqual({
      id: ID,
      name: 'Iteration 2',
      status: 'Completed',
      trainedAt: '2026-03-14T09:26:53.589Z',
      publishedName: 'pears',
      publishedTo: PREDICTION_ACCOUNT_ID,
      exportable: false,
      exportableTo: [],
    });
  });

  it('asks again where the service has trouble for a moment', async () => {
    training.answerNext('429');
    training.faults.next({ status: 200, body: '[{"id":' }, 503);
    const { code, out } = await run(['--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toHaveLength(3);
  });

  it('ends with 1 and says what to do where the identity has no role', async () => {
    parts.identity.assignments.revoke(SYSTEM_ASSIGNED.objectId, TRAINING_ACCOUNT);
    const { code, out, err } = await run();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      new RegExp(
        `401 PermissionDenied [\\s\\S]*Identity ${SYSTEM_ASSIGNED.objectId} has no role[\\s\\S]*Fix: az role assignment create .*--role "Cognitive Services Custom Vision Reader"`,
        'u',
      ),
    );
    expect(err).not.toMatch(/ey[A-Za-z0-9_-]{16,}|^\s+at /mu);
  });

  it('ends with 2 where no address is given', async () => {
    const { code, err } = await run([], { VISION_TRAINING_ENDPOINT: '' });
    expect(code).toBe(2);
    expect(err).toMatch(/got nothing: neither --endpoint nor VISION_TRAINING_ENDPOINT is set\.\nFix: az /u);
  });
});

describe('the address of a training account', () => {
  it.each<[string, string | undefined, string | undefined, RegExp]>([
    [
      'a regional one',
      'https://westeurope.api.cognitive.microsoft.com',
      undefined,
      /^--endpoint: .*regional address/u,
    ],
    [
      'one in the clear',
      undefined,
      'http://fruit.cognitiveservices.azure.com',
      /^VISION_TRAINING_ENDPOINT: .*https/u,
    ],
    ['a word', 'fruit', undefined, /^--endpoint: expected a URL/u],
    [
      'a path behind it',
      'https://fruit.cognitiveservices.azure.com/customvision',
      undefined,
      /without a path/u,
    ],
  ])('is refused as wrong use where it is %s', (_what, typed, setting, words) => {
    expect(() => trainingEndpoint(typed, setting)).toThrow(UsageError);
    expect(() => trainingEndpoint(typed, setting)).toThrow(words);
  });
});
