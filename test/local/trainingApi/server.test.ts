import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityEndpoint } from '../../../local/identity/contract.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';
import { SYSTEM_ASSIGNED } from '../../../local/identity/identities.ts';
import { DEFAULT_PROJECT_ID } from '../../../local/prediction/models.ts';
import type { TrainingApi } from '../../../local/trainingApi/contract.ts';
import { PREDICTION_ACCOUNT_ID, projectsOf } from '../../../local/trainingApi/projects.ts';
import { startTrainingApi, TRAINING_ACCOUNT } from '../../../local/trainingApi/server.ts';

const ITERATION = '3c2b1a09-8f7e-4d6c-8b5a-493827160504';
const BASE = '/customvision/v3.3/training';

let identity: IdentityEndpoint;
let training: TrainingApi;
beforeAll(async () => {
  identity = await startIdentityEndpoint();
  const models = {
    fruit: { task: 'classify', iterationId: ITERATION },
    'fruit-boxes': { task: 'detect', iterationId: ITERATION },
  } as const;
  training = await startTrainingApi({ identity, projects: projectsOf(models, () => DEFAULT_PROJECT_ID) });
});
afterAll(async () => {
  await training?.close();
  await identity?.close();
});
beforeEach(() => {
  training.reset();
  identity.reset();
  identity.assignments.grant(
    SYSTEM_ASSIGNED.objectId,
    TRAINING_ACCOUNT,
    'Cognitive Services Custom Vision Reader',
  );
});

async function get(path: string, { token, ...init }: RequestInit & { token?: string | null } = {}) {
  const bearer = token === undefined ? await identity.issue() : token;
  const headers = { ...(bearer && { authorization: `Bearer ${bearer}` }), ...init.headers };
  const answer = await fetch(training.url + path, { ...init, headers });
  return { status: answer.status, body: await answer.json() };
}

describe('the local training API', () => {
  it('tells projects, iterations and domains as v3.3 does', async () => {
    const read = async <T>(path: string) => (await get(BASE + path)).body as T;
    const [project] = await read<{ id: string }[]>('/projects');
    const iterations = await read<unknown[]>(`/projects/${DEFAULT_PROJECT_ID}/iterations`);
    const domains = await read<{ id: string; name: string }[]>('/domains');
    const compact = domains.find(({ name }) => name === 'General (compact)');
    expect(project).toMatchObject({
      ...{ id: DEFAULT_PROJECT_ID, name: 'fruit', status: 'Succeeded' },
      settings: { domainId: compact?.id, classificationType: 'Multiclass' },
    });
    expect(await read(`/projects/${DEFAULT_PROJECT_ID.toUpperCase()}`)).toEqual(project);
    expect(iterations).toMatchObject([
      {
        id: ITERATION,
        publishName: 'fruit',
        originalPublishResourceId: PREDICTION_ACCOUNT_ID,
        exportable: true,
      },
      { projectId: DEFAULT_PROJECT_ID, publishName: 'fruit-boxes', classificationType: null },
    ]);
    expect(await read(`/projects/${DEFAULT_PROJECT_ID}/iterations/${ITERATION}`)).toEqual(iterations[0]);
    expect(await read(`/domains/${compact?.id}`)).toEqual(compact);
  });

  it('answers what is not there, or not of this version, as the service does', async () => {
    const nowhere = '11111111-2222-4333-8444-555555555555';
    expect(await get(`${BASE}/projects/${nowhere}/iterations`)).toMatchObject({
      status: 404,
      body: { code: 'NotFoundProject' },
    });
    expect(await get(`${BASE}/projects/${DEFAULT_PROJECT_ID}/iterations/${nowhere}`)).toMatchObject({
      status: 404,
      body: { code: 'NotFoundIteration' },
    });
    expect(await get(`${BASE}/domains/${nowhere}`)).toMatchObject({
      status: 404,
      body: { code: 'NotFoundDomain' },
    });
    for (const path of [
      '/customvision/v3.4-preview/training/projects',
      `${BASE}/tags`,
      `${BASE}/projects/a/b`,
      '/',
    ]) {
      expect(await get(path)).toMatchObject({ status: 404, body: { error: { code: '404' } } });
    }
    expect(await get(`${BASE}/projects`, { method: 'POST' })).toMatchObject({ status: 404 });
  });

  it('takes tokens alone, of this tenant, for this service, from who has a role', async () => {
    const refused = async (how: Parameters<typeof get>[1], code: string, status = 401) =>
      expect(await get(`${BASE}/projects`, how)).toMatchObject({ status, body: { error: { code } } });
    await refused({ token: null }, '401');
    await refused({ token: null, headers: { 'training-key': 'a key' } }, 'AuthenticationTypeDisabled', 403);
    await refused({ token: await identity.issue({}, { forged: true }) }, 'Unauthorized');
    await refused(
      { token: await identity.issue({}, { resource: 'https://storage.azure.com' }) },
      'Unauthorized',
    );
    await refused(
      { token: await identity.issue({}, { identity: 'user-assigned-without-rights' }) },
      'PermissionDenied',
    );
    training.customSubdomain = false;
    await refused({}, 'BadRequest', 400);
    training.reset();
    training.firewall = true;
    await refused({}, '403', 403);
    expect(JSON.stringify(training.requests)).not.toMatch(/ey[A-Za-z0-9_-]{16,}/u);
  });

  it('shows the faults it is told to, then answers again', async () => {
    training.answerNext('429');
    expect((await get(`${BASE}/projects`)).status).toBe(429);
    expect((await get(`${BASE}/projects`)).status).toBe(200);
  });
});
