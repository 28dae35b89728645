import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityEndpoint } from '../../../local/identity/contract.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';
import { SYSTEM_ASSIGNED } from '../../../local/identity/identities.ts';
import { DEFAULT_PROJECT_ID } from '../../../local/prediction/models.ts';
import type { TrainingApi, TrainingProject } from '../../../local/trainingApi/contract.ts';
import { PREDICTION_ACCOUNT_ID, projectsOf } from '../../../local/trainingApi/projects.ts';
import { startTrainingApi, TRAINING_ACCOUNT } from '../../../local/trainingApi/server.ts';
import { orchardProject } from '../../support/orchardProject.ts';

const ITERATION = '3c2b1a09-8f7e-4d6c-8b5a-493827160504';
const BASE = '/customvision/v3.3/training';

let identity: IdentityEndpoint;
let training: TrainingApi;
let orchard: TrainingProject;
beforeAll(async () => {
  identity = await startIdentityEndpoint();
  const models = {
    fruit: { task: 'classify', iterationId: ITERATION },
    'fruit-boxes': { task: 'detect', iterationId: ITERATION },
  } as const;
  orchard = await orchardProject(70);
  training = await startTrainingApi({
    identity,
    projects: [...projectsOf(models, () => DEFAULT_PROJECT_ID), orchard],
    exported: () => Buffer.from('a model'),
  });
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
    expect(await read(`/projects/${DEFAULT_PROJECT_ID.toUpperCase()}`)).toMatchObject({ id: project?.id });
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
    expect(await get(`${BASE}/projects`, { method: 'POST' })).toMatchObject({
      ...{ status: 401, body: { error: { code: 'PermissionDenied' } } },
    });
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

  it('pages pictures of either kind, the newest first unless asked otherwise, at most 256', async () => {
    const list = async (path: string) =>
      ((await get(`${BASE}/projects/${orchard.id}/images/${path}`)).body as { id: string }[]).map(
        ({ id }) => id,
      );
    const tagged = (orchard.pictures ?? []).filter(({ tagIds }) => tagIds.length > 0).map(({ id }) => id);
    expect(await list('tagged')).toEqual(tagged.toReversed().slice(0, 50));
    expect(await list('tagged?take=256&orderBy=Oldest')).toEqual(tagged);
    expect(await list('tagged?take=2&skip=3&orderBy=Oldest')).toEqual(tagged.slice(3, 5));
    expect((await list('untagged')).length).toBe(7);
    expect(await get(`${BASE}/projects/${orchard.id}/images/tagged/count`)).toMatchObject({
      body: tagged.length,
    });
    expect(await get(`${BASE}/projects/${orchard.id}/images/tagged?take=257`)).toMatchObject({
      ...{ status: 400, body: { code: 'BadRequestExceededBatchSize' } },
    });
    expect(await list(`id?imageIds=${tagged[4]},${ITERATION}`)).toEqual([tagged[4]]);
  });

  it('gives a file to whoever has its address, at another host, until the signature ends, and not to a token', async () => {
    const address = async () => {
      const { body } = await get(`${BASE}/projects/${orchard.id}/images/tagged?take=1&orderBy=Oldest`);
      return (body as { originalImageUri: string }[])[0]?.originalImageUri ?? '';
    };
    const good = await address();
    expect(new URL(good).host).not.toBe(new URL(training.url).host);
    const bytes = Buffer.from(await (await fetch(good)).arrayBuffer());
    expect(bytes.equals(orchard.pictures?.[1]?.bytes ?? Buffer.alloc(0))).toBe(true);
    expect((await fetch(good, { headers: { authorization: 'Bearer x' } })).status).toBe(400);
    expect((await fetch(good.replace('sig=', 'sig=x'))).status).toBe(403);
    training.files.addressesLiveMs = -1;
    const ended = await fetch(await address());
    expect([ended.status, ended.headers.get('x-ms-error-code')]).toEqual([403, 'AuthenticationFailed']);
  });

  it('takes ten calls a second and tells the eleventh how long to wait', async () => {
    const answers = await Promise.all(
      Array.from({ length: 11 }, async () => {
        const headers = { authorization: `Bearer ${await identity.issue()}` };
        return fetch(`${training.url}${BASE}/domains`, { headers });
      }),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.map(({ headers }) => headers.get('retry-after'))).toEqual(['1']);
    expect(JSON.stringify(await refused[0]?.json())).toMatch(
      /Custom_Vision_Training_3\.3 .* retry after 1 second/u,
    );
  });

  it('makes an export in its time, once, for who may and what can be', async () => {
    const [compact, general] = orchard.iterations;
    const path = (id = compact?.id, query = '') =>
      `${BASE}/projects/${orchard.id}/iterations/${id}/export${query}`;
    const ask = (query: string, id?: string) => get(path(id, query), { method: 'POST' });
    expect(await ask('?platform=ONNX')).toMatchObject({ status: 401 });
    const role = 'Cognitive Services Custom Vision Deployment';
    identity.assignments.grant(SYSTEM_ASSIGNED.objectId, TRAINING_ACCOUNT, role);
    training.exportMs = 50;
    expect(await ask('?platform=ONNX')).toMatchObject({
      status: 200,
      body: { status: 'Exporting', flavor: null },
    });
    expect(await ask('?platform=ONNX')).toMatchObject({
      body: { code: 'BadRequestExportAlreadyInProgress' },
    });
    expect(await ask('?platform=ONNX', general?.id)).toMatchObject({
      body: { code: 'BadRequestExportValidationFailed' },
    });
    await expect
      .poll(async () => (await get(path())).body as unknown, { interval: 150 })
      .toMatchObject([{ platform: 'ONNX', status: 'Done', downloadUri: expect.stringMatching(/\?sv=/u) }]);
  });
});
