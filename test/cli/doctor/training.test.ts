import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClosing } from '../../../local/closing.ts';
import { SYSTEM_ASSIGNED } from '../../../local/identity/identities.ts';
import { DEFAULT_PROJECT_ID } from '../../../local/prediction/models.ts';
import type { TrainingApi } from '../../../local/trainingApi/contract.ts';
import { iteration } from '../../../local/trainingApi/projects.ts';
import { startTrainingApi, TRAINING_ACCOUNT } from '../../../local/trainingApi/server.ts';
import { runDoctor } from '../../../src/cli/doctor/runDoctor.ts';
import { type Parts, startParts } from '../../local/prediction/parts.ts';

const DOMAIN = 'ee85a74c-405e-4adc-bb47-ffa8ca0c9f31';
const closing = createClosing();
let parts: Parts;
let training: TrainingApi;
let environment: Record<string, string>;

beforeAll(async () => {
  parts = closing.add(await startParts());
  const { identity } = parts;
  Object.assign(process.env, identity.environment);
  const iterations = [
    iteration({ id: '1', name: 'Iteration 3', domainId: DOMAIN }, 'fruit'),
    iteration(
      { id: '2', name: 'Iteration 4', domainId: DOMAIN, exportable: false, exportableTo: [] },
      'fruit boxes',
    ),
    iteration({ id: '3', name: 'Iteration 5', domainId: DOMAIN }),
  ];
  const project = {
    id: DEFAULT_PROJECT_ID,
    name: 'Fruit',
    domainId: DOMAIN,
    classificationType: null,
    iterations,
  };
  training = closing.add(await startTrainingApi({ projects: [project], identity }));
  environment = {
    ...identity.environment,
    ImageStorage: 'UseDevelopmentStorage=true',
    VISION_ENDPOINT: parts.server.url,
    VISION_PROJECT_ID: DEFAULT_PROJECT_ID,
    VISION_PUBLISHED_NAME: 'fruit',
    VISION_TASK: 'classify',
    VISION_TRAINING_ENDPOINT: training.url,
  };
});
afterAll(closing.close);
beforeEach(() => {
  training.reset();
  parts.identity.assignments.grant(
    SYSTEM_ASSIGNED.objectId,
    TRAINING_ACCOUNT,
    'Cognitive Services Custom Vision Reader',
  );
});

async function find(id: string, own: Record<string, string> = {}) {
  const { results } = await runDoctor({ ...environment, ...own }, { paidCalls: false });
  return results.find((each) => each.id === id);
}

describe('doctor, with a training account', () => {
  it('tells when the model was trained, and that it can be taken along', async () => {
    expect(await find('training:default')).toMatchObject({
      status: 'ok',
      finding: expect.stringMatching(/^Iteration 3, trained 2026-03-14.*can be exported as ONNX/u),
    });
  });

  it('warns where the model ends with Custom Vision', async () => {
    const own = { VISION_PUBLISHED_NAME: 'fruit boxes', VISION_TASK: 'detect' };
    expect(await find('training:default', own)).toMatchObject({
      status: 'warning',
      finding: expect.stringMatching(/cannot be exported, so it ends with Custom Vision in September 2028/u),
      command: expect.stringMatching(/^npm run keyless -- compare default/u),
    });
  });

  it('fills in the published name where the iteration’s own name was given', async () => {
    const found = await find('model:default', { VISION_PUBLISHED_NAME: 'Iteration 3' });
    expect(found).toMatchObject({
      status: 'fault',
      fix: expect.stringMatching(/Published are: fruit, fruit boxes/u),
      command: 'func settings add VISION_PUBLISHED_NAME fruit',
    });
    expect((await find('training:default', { VISION_PUBLISHED_NAME: 'Iteration 3' }))?.status).toBe(
      'warning',
    );
  });

  it('says so where this identity may not look, where the account is another one, and where its address is wrong', async () => {
    parts.identity.assignments.revoke(SYSTEM_ASSIGNED.objectId, TRAINING_ACCOUNT);
    expect(await find('training:default')).toMatchObject({
      status: 'warning',
      finding: expect.stringMatching(/PermissionDenied/u),
      fix: expect.stringMatching(/Cognitive Services Custom Vision Reader/u),
    });
    const prediction = await find('training:default', { VISION_TRAINING_ENDPOINT: parts.server.url });
    expect(prediction).toMatchObject({
      status: 'warning',
      command: expect.stringMatching(/VISION_TRAINING_ENDPOINT/u),
    });
    const regional = { VISION_TRAINING_ENDPOINT: 'https://westeurope.api.cognitive.microsoft.com' };
    expect(await find('training:default', regional)).toMatchObject({
      status: 'fault',
      finding: expect.stringMatching(/a regional address takes no tokens/u),
    });
  });
});
