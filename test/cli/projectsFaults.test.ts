import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_ASSIGNED, USER_ASSIGNED } from '../../local/identity/identities.ts';
import type { TrainingApi } from '../../local/trainingApi/contract.ts';
import { startTrainingApi, TRAINING_ACCOUNT } from '../../local/trainingApi/server.ts';
import { createTrainingClient } from '../../src/cli/training/client.ts';
import { trainingRefusal } from '../../src/cli/training/faults.ts';
import { type ErrorCode, KeylessError } from '../../src/errors/errors.ts';
import { createCredential } from '../../src/identity/credential.ts';
import { type Parts, startParts } from '../local/prediction/parts.ts';
import { expectNoToken, rejection } from '../support/secrets.ts';
import { ONCE } from '../support/visionParts.ts';

let parts: Parts;
let training: TrainingApi;
beforeAll(async () => {
  parts = await startParts();
  training = await startTrainingApi({ identity: parts.identity, projects: [] });
  Object.assign(process.env, parts.identity.environment);
});
afterAll(async () => {
  await training?.close();
  await parts?.close();
});
beforeEach(() => {
  training.reset();
  parts.identity.reset();
  parts.identity.assignments.grant(SYSTEM_ASSIGNED.objectId, TRAINING_ACCOUNT, 'Cognitive Services User');
});

const refusalOf = async (endpoint = training.url): Promise<KeylessError> => {
  const credential = createCredential({ kind: 'systemAssigned' });
  const error = await rejection(createTrainingClient(endpoint, credential, ONCE).projects());
  expectNoToken(error);
  expect(error).toBeInstanceOf(KeylessError);
  return error as KeylessError;
};

describe('the training client', () => {
  it.each<[string, () => string | undefined, ErrorCode, RegExp]>([
    [
      'an address that takes no tokens',
      () => void Object.assign(training, { customSubdomain: false }),
      'CustomSubdomainRequired',
      /az cognitiveservices account update .*--custom-domain/u,
    ],
    [
      'the prediction account in place of the training account',
      () => parts.server.url,
      'VisionConfigurationRefused',
      /^Give the address of the training account, not of the prediction account: az /u,
    ],
    [
      'a firewall',
      () => void Object.assign(training, { firewall: true }),
      'NetworkBlocked',
      /network-rule add/u,
    ],
    [
      'a project that is not there',
      () => void training.answerNext('NotFoundProject'),
      'ProjectNotFound',
      /./u,
    ],
    [
      'a redirect, which a token must not follow',
      () => void training.faults.always('redirect'),
      'VisionConfigurationRefused',
      /training account/u,
    ],
    [
      'a page instead of an answer',
      () => void training.faults.next('html'),
      'VisionAnswerInvalid',
      /the training account’s own/u,
    ],
    [
      'JSON of somebody else',
      () => void training.faults.next({ status: 200, body: '{"value":[]}' }),
      'VisionAnswerInvalid',
      /the training account’s own/u,
    ],
  ])('translates %s', async (_what, breakIt, code, fix) => {
    const error = await refusalOf(breakIt() ?? undefined);
    expect(error.code).toBe(code);
    expect(error.message).toContain('GET /projects at 127.0.0.1');
    expect(error.fix).toMatch(fix);
  });

  it('names the account that a role is missing on, and who asked', async () => {
    parts.identity.assignments.revoke(SYSTEM_ASSIGNED.objectId, TRAINING_ACCOUNT);
    parts.identity.assignments.grant(USER_ASSIGNED.objectId, TRAINING_ACCOUNT, 'Cognitive Services User');
    const error = await refusalOf();
    expect(error.code).toBe('PermissionDenied');
    expect(error.fix).toContain(
      `--assignee-object-id ${SYSTEM_ASSIGNED.objectId} --assignee-principal-type ServicePrincipal`,
    );
  });

  it('says that nobody answers', async () => {
    const error = await refusalOf('http://127.0.0.1:9');
    expect(error).toMatchObject({
      code: 'VisionUnreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('waits as long as a Retry-After says that is a date', async () => {
    training.faults.always({
      status: 429,
      headers: { 'retry-after': new Date(Date.now() + 90_000).toUTCString() },
    });
    const error = await refusalOf();
    expect(error).toMatchObject({ code: 'RateLimited', attempts: 1 });
    expect(error.retryAfterSeconds).toBeGreaterThan(80);
  });

  it('makes an error of the book of any refusal', () => {
    const status = fc.integer({ min: 201, max: 599 });
    fc.assert(
      fc.property(status, fc.jsonValue(), (code, body) => {
        const error = trainingRefusal(
          { status: code, text: JSON.stringify(body) },
          'GET /projects at fruit',
          'https://fruit.test',
          { objectId: 'somebody', user: false },
        );
        expect(error).toBeInstanceOf(KeylessError);
        expect(error.message.length).toBeLessThan(600);
        expect(error.fix).not.toBe('');
      }),
    );
  });
});
