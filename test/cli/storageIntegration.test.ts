import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startIdentityEndpoint } from '../../local/identity/endpoint.ts';
import { SYSTEM_ASSIGNED } from '../../local/identity/identities.ts';
import type { TrainingApi } from '../../local/trainingApi/contract.ts';
import { startTrainingApi, TRAINING_ACCOUNT } from '../../local/trainingApi/server.ts';
import { orchardProject } from '../support/orchardProject.ts';
import { type Orchard, STORAGE, startOrchard, TRAINING, VISION } from './azure/orchard.ts';

const CONTAINER = `${STORAGE}/blobServices/default/containers/models`;
const QUEUE = `${STORAGE}/queueServices/default/queues/exports`;
const ADDRESS = 'https://orchardpictures.blob.core.windows.net/models';
const QUEUE_ADDRESS = 'https://orchardpictures.queue.core.windows.net/exports';
const ROLES: Record<string, string> = {
  [CONTAINER]: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  [QUEUE]: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
};

let orchard: Orchard;
let training: TrainingApi;
let own: Record<string, string>;
/** Whether roles are, which takes minutes. */
let seen = true;
let closeIdentity: () => Promise<void>;
const project = await orchardProject(1);
beforeAll(async () => {
  orchard = await startOrchard();
  const identity = await startIdentityEndpoint();
  closeIdentity = identity.close;
  training = await startTrainingApi({
    identity,
    projects: [project],
    // the service tries it with its own identity, as anybody’s roles are looked up
    mayWrite: (address) =>
      seen && rolesHeld().some(({ scope }) => scope === (address === ADDRESS ? CONTAINER : QUEUE)),
  });
  const role = 'Cognitive Services Custom Vision Trainer';
  identity.assignments.grant(SYSTEM_ASSIGNED.objectId, TRAINING_ACCOUNT, role);
  own = { ...identity.environment, VISION_TRAINING_ENDPOINT: training.url };
});
afterAll(async () => {
  await training?.close();
  await closeIdentity?.();
  await orchard?.close();
});
beforeEach(() => {
  seen = true;
  training.reset();
  orchard.plant();
  orchard.azure.put({
    ...{ id: TRAINING, type: 'Microsoft.CognitiveServices/accounts', location: 'westeurope' },
    ...{ kind: 'CustomVision.Training', properties: { endpoint: `${training.url}/` } },
  });
  orchard.azure.put({
    ...{ id: STORAGE, type: 'Microsoft.Storage/storageAccounts', location: 'westeurope', kind: 'StorageV2' },
    properties: {
      primaryEndpoints: {
        blob: 'https://orchardpictures.blob.core.windows.net/',
        queue: 'https://orchardpictures.queue.core.windows.net/',
      },
    },
  });
  orchard.azure.put({ id: CONTAINER, type: 'Microsoft.Storage/storageAccounts/blobServices/containers' });
  orchard.azure.put({ id: QUEUE, type: 'Microsoft.Storage/storageAccounts/queueServices/queues' });
});

const run = (...args: string[]) => orchard.run(['storage-integration', ...args], own);
const both = ['--account', TRAINING, '--container', CONTAINER, '--queue', QUEUE];
const rolesHeld = () =>
  orchard.azure.roleAssignments.map(({ scope, principalId, roleDefinitionId }) => ({
    ...{ scope, principalId, role: roleDefinitionId.split('/').at(-1) },
  }));
const shown = async () => JSON.parse((await run('show', project.name, '--json')).out) as object;

describe('storage-integration', () => {
  it('gives the training account an identity and it the two roles, sets the project, and clears it again', async () => {
    const set = await run('set', project.name, ...both);
    expect(set.code, set.err).toBe(0);
    expect(set.out).toMatch(/^System-assigned identity: assigned\.$/mu);
    expect(set.out).toMatch(/Set\.\n$/u);
    expect(set.err).toContain(`an export arrives as '${project.id} - <iteration id>.ONNX'`);
    const principalId = orchard.azure.get(TRAINING)?.identity?.principalId;
    expect(rolesHeld()).toEqual(
      expect.arrayContaining([CONTAINER, QUEUE].map((scope) => ({ scope, principalId, role: ROLES[scope] }))),
    );
    expect(rolesHeld().length).toBe(2);
    expect(await shown()).toEqual({
      ...{ id: project.id, name: project.name, container: ADDRESS, queue: QUEUE_ADDRESS },
    });
    const again = await run('set', project.id, ...both);
    expect(again).toMatchObject({
      code: 0,
      out: expect.stringMatching(/The project had it so already\.\n$/u),
    });
    const cleared = await run('clear', project.name);
    expect(cleared).toMatchObject({ code: 0, out: 'Cleared. What has arrived stays where it is.\n' });
    expect(await shown()).toMatchObject({ container: null, queue: null });
  });

  it('tells what it would be, and changes nothing', async () => {
    const { code, out, err } = await run('set', project.name, ...both, '--dry-run');
    expect({ code, err }).toEqual({ code: 0, err: 'Nothing was changed.\n' });
    expect(out).toContain(`exports to    ${ADDRESS}\nnotices to    ${QUEUE_ADDRESS}\n`);
    expect(rolesHeld()).toEqual([]);
    expect(orchard.azure.get(TRAINING)?.identity).toBeUndefined();
    expect(training.requests.map(({ method }) => method)).not.toContain('PATCH');
  });

  it('leaves a queue that is set where only the container is named', async () => {
    await run('set', project.name, '--account', TRAINING, '--queue', QUEUE);
    const { code } = await run('set', project.name, '--account', TRAINING, '--container', CONTAINER);
    expect(code).toBe(0);
    expect(await shown()).toMatchObject({ container: ADDRESS, queue: QUEUE_ADDRESS });
  });

  it('says that a role may not be seen yet where the service cannot write', async () => {
    seen = false;
    const { code, err } = await run('set', project.name, '--account', TRAINING, '--container', CONTAINER);
    expect(code).toBe(1);
    expect(err).toMatch(/A new role takes up to ten minutes to be seen: then the same command again/u);
  });

  it.each([
    [
      'another account',
      ['--account', VISION, '--container', CONTAINER],
      1,
      /is a CustomVision\.Prediction, not/u,
    ],
    [
      'a container that is not there',
      ['--account', TRAINING, '--container', `${CONTAINER}x`],
      1,
      /no such resource/u,
    ],
    ['nothing to set', ['--account', TRAINING], 2, /Name a container, a queue, or both/u],
    [
      'a queue in the container’s place',
      ['--account', TRAINING, '--container', QUEUE],
      2,
      /not a Microsoft\.Storage/u,
    ],
  ])('refuses %s', async (_what, args, ends, words) => {
    const { code, err } = await run('set', project.name, ...args);
    expect({ code, err }).toEqual({ code: ends, err: expect.stringMatching(words) });
    expect(rolesHeld()).toEqual([]);
  });
});
