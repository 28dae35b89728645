import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_ASSIGNED, USER_ASSIGNED_WITHOUT_RIGHTS } from '../../local/identity/identities.ts';
import { ERROR_ANSWERS, ERROR_CODES, type ErrorCode } from '../../local/prediction/refusal.ts';
import type { ErrorCode as BookCode } from '../../src/errors/errors.ts';
import { createCredential } from '../../src/identity/credential.ts';
import { picture } from '../local/prediction/parts.ts';
import { expectNoToken, rejection } from '../support/secrets.ts';
import { clientOf, ONCE, oneToken, startVisionParts, type VisionParts } from '../support/visionParts.ts';

let parts: VisionParts;
beforeAll(async () => {
  parts = await startVisionParts();
});
afterAll(() => parts.close());
beforeEach(() => {
  parts.server.reset();
  parts.identity.reset();
});

const fault = (own = {}, client = clientOf(oneToken())) =>
  rejection(client.predict(parts.model(own), { bytes: picture() }, ONCE));

const EXPECTED: Record<ErrorCode, BookCode> = {
  BadRequest: 'CustomSubdomainRequired',
  '401': 'TokenRefused',
  Unauthorized: 'TokenRefused',
  PermissionDenied: 'PermissionDenied',
  AuthenticationTypeDisabled: 'KeyRefused',
  '403': 'NetworkBlocked',
  '404': 'VisionConfigurationRefused',
  '429': 'RateLimited',
  BadRequestImageStream: 'ImageUndecodable',
  BadRequestImageFormat: 'ImageUndecodable',
  BadRequestImageSizeBytes: 'ImageTooLarge',
  BadRequestImageDimensions: 'ImageDimensionsUnsupported',
  BadRequestImageUrl: 'ImageUrlUnreachable',
  BadRequestImageBatch: 'ImageUndecodable',
  BadRequestImageExceededCount: 'ImageUndecodable',
  UnsupportedMediaType: 'ImageUndecodable',
  BadRequestIterationNotPublished: 'ModelNotPublished',
  BadRequestInvalidPublishName: 'ModelNotPublished',
  BadRequestInvalidIds: 'ProjectNotFound',
  BadRequestUnsupportedDomain: 'VisionConfigurationRefused',
  BadRequestPredictionInvalidApplicationName: 'VisionConfigurationRefused',
  BadRequestPredictionInvalidQueryParameters: 'VisionConfigurationRefused',
  BadRequestOperationNotSupported: 'TaskMismatch',
  BadRequestSubscriptionApi: 'VisionConfigurationRefused',
  BadRequestCustomerManagedKeyRevoked: 'VisionConfigurationRefused',
  NotFound: 'VisionConfigurationRefused',
  NotFoundProject: 'ProjectNotFound',
  NotFoundProjectDefaultIteration: 'ModelNotPublished',
  NotFoundIteration: 'ModelNotPublished',
  NotFoundDomain: 'VisionConfigurationRefused',
  NotFoundApimSubscription: 'VisionConfigurationRefused',
  ErrorPredictionModelNotFound: 'ModelNotPublished',
  Forbidden: 'AccessForbidden',
  ForbiddenUser: 'AccessForbidden',
  ForbiddenUserInsufficientCapability: 'AccessForbidden',
  ForbiddenUserDoesNotExist: 'AccessForbidden',
  ForbiddenDRModeEnabled: 'AccessForbidden',
  ForbiddenInvalid: 'AccessForbidden',
  BadRequestExceededQuota: 'QuotaExceeded',
  ErrorPredictionServiceUnavailable: 'VisionUnavailable',
  ErrorPredictionModelNotCached: 'VisionUnavailable',
  ErrorPrediction: 'VisionUnavailable',
  ErrorPredictionStorage: 'VisionUnavailable',
  ErrorFeaturizationServiceUnavailable: 'VisionUnavailable',
  ErrorFeaturizationQueueTimeout: 'VisionUnavailable',
  ErrorUnknown: 'VisionUnavailable',
  ErrorInvalid: 'VisionUnavailable',
};

describe('an answer of Custom Vision', () => {
  it.each(ERROR_CODES)('%s ends in its code of the book, with the service’s words', async (serviceCode) => {
    parts.server.answerNext(serviceCode);
    const error = await fault();
    expect(error).toMatchObject({ code: EXPECTED[serviceCode], attempts: 1 });
    const { status, message } = ERROR_ANSWERS[serviceCode];
    expect(String(error)).toContain(`answered ${status}`);
    expect(String(error)).toContain(message);
    expectNoToken(error);
  });

  it.each([
    [400, 'VisionConfigurationRefused'],
    [401, 'TokenRefused'],
    [403, 'AccessForbidden'],
    [408, 'VisionTimeout'],
    [413, 'ImageTooLarge'],
    [418, 'VisionConfigurationRefused'],
    [429, 'RateLimited'],
    [500, 'VisionUnavailable'],
    [502, 'VisionUnavailable'],
    [302, 'VisionAnswerInvalid'],
  ])('of status %i without a code it knows is judged by its status', async (status, code) => {
    for (const body of [
      '',
      'no JSON',
      '{}',
      'null',
      '[]',
      '{"code": 7, "message": {}}',
      '{"error": "no"}',
      '{"code": "constructor", "message": "odd"}',
    ]) {
      parts.server.reset();
      parts.server.faults.next({ status, body });
      expect(await fault()).toMatchObject({ code });
    }
  });

  it('of a used-up volume of calls is the quota’s, not the firewall’s', async () => {
    const message = 'Out of call volume quota. Quota will be replenished in 2.12:05:00.';
    parts.server.faults.next({ status: 403, body: JSON.stringify({ statusCode: 403, message }) });
    expect(await fault()).toMatchObject({ code: 'QuotaExceeded' });
    parts.server.faults.next({ status: 403, body: JSON.stringify({ error: { code: '403', message } }) });
    expect(await fault()).toMatchObject({ code: 'QuotaExceeded' });
  });

  it.each([
    ['a page', 'html' as const],
    ['204', 'empty' as const],
    ['302', 'redirect' as const],
    ['no JSON', { status: 200, body: '{"id":' }],
    ['nothing', { status: 200, body: '' }],
    ['null', { status: 200, body: 'null' }],
    ['a list', { status: 200, body: '[]' }],
    ['a word', { status: 200, body: '"fruit"' }],
    ['foreign JSON', { status: 200, body: '{"answer": 42}' }],
    [
      'predictions that are no list',
      { status: 200, body: '{"id":"a","iteration":"b","predictions":"none"}' },
    ],
    ['predictions of words', { status: 200, body: '{"id":"a","iteration":"b","predictions":["pear"]}' }],
    [
      'a probability that is no number',
      {
        status: 200,
        body: '{"id":"a","iteration":"b","predictions":[{"tagId":"c","tagName":"d","probability":"high"}]}',
      },
    ],
    ['a redirect to a page', { status: 301, headers: { location: 'https://example.com/' }, body: '' }],
    ['more than any prediction', { status: 200, body: `{"id":"${'x'.repeat(9 * 1024 * 1024)}"}` }],
  ])('that is %s is told as no answer of Custom Vision’s', async (_, shown) => {
    parts.server.faults.always(shown);
    const error = await fault();
    expect(error).toMatchObject({ code: 'VisionAnswerInvalid' });
    expectNoToken(error);
  });

  it.each([300, 301, 302, 303, 307, 308])(
    'of %i is not followed: token and picture go nowhere else',
    async (status) => {
      const seen: string[] = [];
      const elsewhere = createServer((request, response) => {
        seen.push(`${request.method} ${request.headers.authorization ? 'with' : 'without'} a token`);
        response.end();
      });
      await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
      try {
        const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
        parts.server.faults.next({ status, headers: { location }, body: '' });
        expect(await fault()).toMatchObject({ code: 'VisionAnswerInvalid' });
        expect(seen).toEqual([]);
      } finally {
        elsewhere.close();
        elsewhere.closeAllConnections();
      }
    },
  );

  it('may leave out tagType and boundingBox, and have tags without a name', async () => {
    const predictions = [
      { tagId: 'a', tagName: null, probability: 0.5, tagType: null, boundingBox: null },
      { tagId: 'b', tagName: 'pear', probability: 0 },
    ];
    parts.server.faults.next({ status: 200, body: JSON.stringify({ id: 'i', iteration: 'j', predictions }) });
    expect(await parts.client.predict(parts.model(), { bytes: picture() }, ONCE)).toMatchObject({
      value: {
        predictions: [
          { tagName: '', tagId: 'a', probability: 0.5 },
          { tagName: 'pear', tagId: 'b', probability: 0 },
        ],
      },
    });
  });
});

describe('PermissionDenied', () => {
  it('names the identity, the account and the role, and never the token', async () => {
    parts.identity.assignments.revoke(SYSTEM_ASSIGNED.objectId, 'keyless-vision-prediction');
    const error = await fault();
    expect(error).toMatchObject({
      code: 'PermissionDenied',
      message: expect.stringContaining(SYSTEM_ASSIGNED.objectId),
      fix: expect.stringMatching(
        new RegExp(
          `--assignee-object-id ${SYSTEM_ASSIGNED.objectId} .+"Cognitive Services User".+--scope`,
          'u',
        ),
      ),
    });
    expectNoToken(error);
  });

  it('names the other identity when that one is chosen', async () => {
    const client = clientOf(
      createCredential({ kind: 'clientId', id: USER_ASSIGNED_WITHOUT_RIGHTS.clientId }),
    );
    expect(await fault({}, client)).toMatchObject({
      code: 'PermissionDenied',
      fix: expect.stringContaining(USER_ASSIGNED_WITHOUT_RIGHTS.objectId),
    });
  });

  it.each([
    ['idtyp', { idtyp: 'user' }],
    ['delegated scopes', { idtyp: undefined, scp: 'user_impersonation' }],
  ])('gives the command for a person, where the token says so by %s', async (_, claims) => {
    const token = await parts.identity.issue({ oid: USER_ASSIGNED_WITHOUT_RIGHTS.objectId, ...claims });
    const error = await fault(
      {},
      clientOf({ getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3.6e6 }) }),
    );
    expect(error).toMatchObject({
      code: 'PermissionDenied',
      fix: expect.stringContaining(
        `--assignee-object-id ${USER_ASSIGNED_WITHOUT_RIGHTS.objectId} --assignee-principal-type User `,
      ),
    });
  });
});

describe('TokenRefused', () => {
  it('names audience and tenant of the token, and never the token', async () => {
    const token = await parts.identity.issue({}, { forged: true });
    const error = await fault(
      {},
      clientOf({ getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3.6e6 }) }),
    );
    expect(error).toMatchObject({
      code: 'TokenRefused',
      message: expect.stringMatching(
        new RegExp(
          `audience|https://cognitiveservices.azure.com, from tenant ${parts.identity.tenantId}`,
          'u',
        ),
      ),
    });
    expect(String(error)).toContain(parts.identity.tenantId);
    expectNoToken(error);
  });

  it('does without them when the token cannot be read', async () => {
    const client = clientOf({
      getToken: async () => ({ token: 'opaque', expiresOnTimestamp: Date.now() + 3.6e6 }),
    });
    expect(await fault({}, client)).toMatchObject({
      code: 'TokenRefused',
      message: expect.stringContaining('unknown'),
    });
  });
});

describe('TaskMismatch', () => {
  it('names the other task', async () => {
    parts.server.answerNext('BadRequestOperationNotSupported');
    expect(await fault()).toMatchObject({
      code: 'TaskMismatch',
      fix: expect.stringMatching(/default to detect/u),
    });
    parts.server.answerNext('BadRequestOperationNotSupported');
    expect(await fault({ task: 'detect' })).toMatchObject({
      fix: expect.stringMatching(/default to classify/u),
    });
  });
});

describe('an endpoint that is not there', () => {
  it.each([
    ['refuses the connection', 'http://127.0.0.1:1', 'ECONNREFUSED'],
    ['has no such name', 'https://nothing.invalid', 'ENOTFOUND|EAI_AGAIN'],
  ])('%s: unreachable, naming the host', async (_, endpoint, code) => {
    const error = await fault({ endpoint });
    expect(error).toMatchObject({
      code: 'VisionUnreachable',
      message: expect.stringMatching(new RegExp(`(${code}).+${new URL(endpoint).host}`, 'u')),
    });
    expectNoToken(error);
  });
});
