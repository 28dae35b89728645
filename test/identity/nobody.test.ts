import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCredential } from '../../src/identity/credential.ts';
import { expectNoToken, rejection } from '../support/secrets.ts';

beforeEach(() => {
  for (const name of ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'AZURE_TOKEN_CREDENTIALS'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('PATH', '/nowhere');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('a machine without an identity endpoint, where nobody is signed in', () => {
  it.each([undefined, '', '  '])(
    'has no identity (AZURE_TOKEN_CREDENTIALS %j): told at once, and nothing is looked for on the network',
    async (chosen) => {
      vi.stubEnv('AZURE_TOKEN_CREDENTIALS', chosen);
      const connect = vi.spyOn(Socket.prototype, 'connect').mockImplementation(() => {
        throw new Error('This test connects to nothing.');
      });
      const started = performance.now();
      const error = await rejection(createCredential({ kind: 'developer' }).getToken('api://x/.default'));
      expect(error).toMatchObject({
        code: 'IdentityUnavailable',
        message: expect.stringMatching(/nobody is signed in/u),
        fix: expect.stringContaining('az login'),
      });
      expect(performance.now() - started).toBeLessThan(5_000);
      expect(connect.mock.calls).toEqual([]);
      expectNoToken(error);
    },
  );
});
