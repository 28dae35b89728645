import type { AccessToken, TokenCredential } from '@azure/identity';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_ASSIGNED } from '../../local/identity/identities.ts';
import type { TrainingApi } from '../../local/trainingApi/contract.ts';
import { startTrainingApi, TRAINING_ACCOUNT } from '../../local/trainingApi/server.ts';
import { createTrainingClient } from '../../src/cli/training/client.ts';
import { createCredential } from '../../src/identity/credential.ts';
import { createTokenCache } from '../../src/identity/tokenCache.ts';
import { VISION_SCOPE } from '../../src/vision/client.ts';
import { picture } from '../local/prediction/parts.ts';
import { rejection } from '../support/secrets.ts';
import { clientOf, QUICK, startVisionParts, type VisionParts } from '../support/visionParts.ts';

let parts: VisionParts;
let training: TrainingApi;
beforeAll(async () => {
  parts = await startVisionParts();
  training = await startTrainingApi({ identity: parts.identity, projects: [] });
});
afterAll(async () => {
  await training.close();
  await parts.close();
});
beforeEach(() => {
  parts.server.reset();
  training.reset();
  parts.identity.reset();
  parts.identity.assignments.grant(SYSTEM_ASSIGNED.objectId, TRAINING_ACCOUNT, 'Cognitive Services User');
});

const answerOf = (token: string) => ({
  status: 200,
  body: JSON.stringify({
    access_token: token,
    expires_on: String(Math.floor(Date.now() / 1000) + 3_600),
    token_type: 'Bearer',
    resource: 'https://cognitiveservices.azure.com',
  }),
});

/** One whose first token is signed with a key that is not published. */
async function outdatedCredential(): Promise<TokenCredential> {
  parts.identity.faults.next(answerOf(await parts.identity.issue({}, { forged: true })));
  const credential = createCredential({ kind: 'systemAssigned' });
  await credential.getToken(VISION_SCOPE);
  return credential;
}
const predict = (credential: TokenCredential) =>
  clientOf(credential).predict(parts.model(), { bytes: picture() }, QUICK);
const statuses = (requests: readonly { status: number | string }[]) => requests.map(({ status }) => status);

describe('a token that Custom Vision refuses', () => {
  it('is replaced, and the call made once more, which counts as the same attempt', async () => {
    expect(await predict(await outdatedCredential())).toMatchObject({ attempts: 1, failedAttempts: [] });
    expect(statuses(parts.server.requests)).toEqual([401, 200]);
    expect(parts.identity.count()).toBe(2);
  });

  it('is asked for anew once for all calls it was refused to', async () => {
    const credential = await outdatedCredential();
    const client = clientOf(credential);
    const calls = Array.from({ length: 30 }, () =>
      client.predict(parts.model(), { bytes: picture() }, QUICK),
    );
    for (const { attempts } of await Promise.all(calls)) expect(attempts).toBe(1);
    expect(parts.identity.count()).toBe(2);
  });

  it('stands refused where the same token comes back: no second call, and no storm on the endpoint', async () => {
    const credential = await outdatedCredential();
    const { token } = (await credential.getToken(VISION_SCOPE)) as AccessToken;
    parts.identity.faults.always(answerOf(token));
    for (const calls of [1, 2, 3]) {
      expect(await rejection(predict(credential))).toMatchObject({ code: 'TokenRefused', attempts: 1 });
      expect(statuses(parts.server.requests)).toEqual(Array(calls).fill(401));
    }
    expect(parts.identity.count()).toBe(2);
  });

  it('stands refused where the other one is refused too', async () => {
    const credential = await outdatedCredential();
    parts.server.faults.always({
      status: 401,
      body: JSON.stringify({ error: { code: 'Unauthorized', message: 'Access token is invalid.' } }),
    });
    expect(await rejection(predict(credential))).toMatchObject({ code: 'TokenRefused', attempts: 1 });
    expect(parts.server.requests).toHaveLength(2);
  });

  it('is no matter of a missing role', async () => {
    const credential = await outdatedCredential();
    parts.server.answerNext('PermissionDenied');
    expect(await rejection(predict(credential))).toMatchObject({ code: 'PermissionDenied' });
    expect(parts.server.requests).toHaveLength(1);
    expect(parts.identity.count()).toBe(1);
  });

  it('is replaced by the training client too', async () => {
    const client = createTrainingClient(training.url, await outdatedCredential(), QUICK);
    expect(await client.projects()).toEqual([]);
    expect(statuses(training.requests)).toEqual([401, 200]);
  });
});

describe('a token that storage refuses', () => {
  it('is replaced when the library asks again in answer to the challenge', async () => {
    let issued = 0;
    const credential = createTokenCache({
      getToken: async () => ({
        token: `token-${++issued}`,
        expiresOnTimestamp: Date.now() + 3_600_000,
      }),
    });
    await credential.getToken('https://storage.azure.com/.default');
    const sent: string[] = [];
    const service = new BlobServiceClient('https://account.blob.core.windows.net', credential, {
      httpClient: {
        async sendRequest(request) {
          const authorization = request.headers.get('authorization') ?? '';
          sent.push(authorization);
          const headers = request.headers.clone();
          if (authorization === 'Bearer token-2') return { request, status: 200, headers };
          headers.set(
            'www-authenticate',
            'Bearer authorization_uri=https://login.microsoftonline.com/e4a1c7d0-3b52-4f68-9d0e-1a6b7c8d9e0f/oauth2/authorize resource_id=https://storage.azure.com',
          );
          return { request, status: 401, headers };
        },
      },
    });
    await service.getProperties();
    expect(sent).toEqual(['Bearer token-1', 'Bearer token-2']);
  });
});
