import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PredictionAPIClient } from '@azure/cognitiveservices-customvision-prediction';
import { ManagedIdentityCredential } from '@azure/identity';
import { AzureIdentityCredentialAdapter } from '@azure/ms-rest-js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { USER_ASSIGNED_WITHOUT_RIGHTS } from '../../../local/identity/identities.ts';
import { DEFAULT_PROJECT_ID } from '../../../local/prediction/models.ts';
import { ERROR_ANSWERS, ERROR_CODES } from '../../../local/prediction/refusal.ts';
import { type Parts, picture, startParts } from './parts.ts';

const SCOPE = 'https://cognitiveservices.azure.com/.default';
const [PROJECT, FRUIT, BOXES] = [DEFAULT_PROJECT_ID, 'fruit', 'fruit boxes'];
const BYTES = picture();

let parts: Parts;
let client: PredictionAPIClient;
let pictures: Server;
let url: string;
beforeAll(async () => {
  parts = await startParts();
  Object.assign(process.env, parts.identity.environment);
  client = clientFor(new ManagedIdentityCredential());
  pictures = createServer((_, response) => response.end(BYTES)).listen(0, '127.0.0.1');
  await new Promise((resolve) => pictures.once('listening', resolve));
  url = `http://127.0.0.1:${(pictures.address() as AddressInfo).port}/pear.bmp`;
});
afterAll(async () => {
  pictures.close();
  pictures.closeAllConnections();
  await parts.close();
});
beforeEach(() => parts.server.reset());

const clientFor = (credential: ManagedIdentityCredential) =>
  new PredictionAPIClient(new AzureIdentityCredentialAdapter(credential, SCOPE), parts.server.url, {
    noRetryPolicy: true,
  });

describe('the prediction SDK with a managed identity', () => {
  it.each([
    ['ClassifyImage', () => client.classifyImage(PROJECT, FRUIT, BYTES)],
    ['ClassifyImageWithoutSaving', () => client.classifyImageWithNoStore(PROJECT, FRUIT, BYTES)],
    ['ClassifyImageUrl', () => client.classifyImageUrl(PROJECT, FRUIT, { url })],
    ['ClassifyImageUrlWithoutSaving', () => client.classifyImageUrlWithNoStore(PROJECT, FRUIT, { url })],
    ['DetectImage', () => client.detectImage(PROJECT, BOXES, BYTES)],
    ['DetectImageWithoutSaving', () => client.detectImageWithNoStore(PROJECT, BOXES, BYTES)],
    ['DetectImageUrl', () => client.detectImageUrl(PROJECT, BOXES, { url })],
    ['DetectImageUrlWithoutSaving', () => client.detectImageUrlWithNoStore(PROJECT, BOXES, { url })],
  ])('%s brings the picture undamaged and the predictions back', async (operation, call) => {
    const answer = await call();
    const detects = operation.startsWith('Detect');
    const model = detects ? parts.detector : parts.classifier;
    expect(Buffer.from(model.seen.at(-1) ?? []).equals(BYTES)).toBe(true);
    expect(answer).toMatchObject({
      project: PROJECT,
      iteration: model.iterationId,
      created: expect.any(Date),
    });
    expect(answer.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.predictions).toHaveLength(1);
    expect(answer.predictions?.[0]).toMatchObject({ probability: 0.75, tagName: 'pear', tagType: 'Regular' });
    expect(answer.predictions?.[0]?.boundingBox).toEqual(
      detects ? { left: 0.1, top: 0.2, width: 0.3, height: 0.4 } : undefined,
    );
    expect(parts.server.requests).toMatchObject([
      {
        operation,
        status: 200,
        stored: !operation.endsWith('WithoutSaving'),
        bytes: BYTES.length,
        attempt: 1,
      },
    ]);
  });

  it('may label its requests with an application', async () => {
    const answer = await client.classifyImageWithNoStore(PROJECT, FRUIT, BYTES, { application: 'orchard' });
    expect(answer.predictions).toHaveLength(1);
  });

  it('keeps one connection for pictures sent one after another', async () => {
    const before = parts.server.connections;
    for (let sent = 0; sent < 5; sent += 1) await client.classifyImageWithNoStore(PROJECT, FRUIT, BYTES);
    expect(parts.server.connections - before).toBeLessThanOrEqual(1);
    expect(parts.server.requests.at(-1)).toMatchObject({ attempt: 5 });
    expect(
      parts.server.count({ status: 200, publishedName: FRUIT, connection: parts.server.connections }),
    ).toBe(5);
  });

  it('learns that an identity without a role may not predict', async () => {
    const stranger = clientFor(
      new ManagedIdentityCredential({ clientId: USER_ASSIGNED_WITHOUT_RIGHTS.clientId }),
    );
    await expect(stranger.classifyImageWithNoStore(PROJECT, FRUIT, BYTES)).rejects.toMatchObject({
      statusCode: 401,
      code: 'PermissionDenied',
    });
  });

  it.each(ERROR_CODES)('understands the answer %s', async (code) => {
    parts.server.answerNext(code);
    const { status, message } = ERROR_ANSWERS[code];
    await expect(client.classifyImageWithNoStore(PROJECT, FRUIT, BYTES)).rejects.toMatchObject({
      statusCode: status,
      code,
      message,
    });
  });
});
