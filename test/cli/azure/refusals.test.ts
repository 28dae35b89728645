import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AzureRefusal, refusalOf } from '../../../src/cli/azure/refusals.ts';
import { UsageError } from '../../../src/cli/faults.ts';

const arm = (statusCode: number, code: string, message: string) =>
  new RestError(message, { statusCode, code });
const told = (error: Error) => refusalOf(error) as AzureRefusal;

const WRITE = 'Microsoft.Authorization/roleAssignments/write';
const ASSIGN = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';

const REFUSALS: [string, Error, RegExp, RegExp][] = [
  [
    'a missing right to assign roles',
    arm(
      403,
      'AuthorizationFailed',
      `The client 'a@b.c' with object id '1' does not have authorization to perform action '${WRITE}' over scope '/s/1' or the scope is invalid.`,
    ),
    /lacks the right Microsoft\.Authorization\/roleAssignments\/write on \/s\/1\./u,
    /Owner, User Access Administrator or Role Based Access Control Administrator may/u,
  ],
  [
    'a missing right to use a user-assigned identity',
    arm(
      403,
      'LinkedAuthorizationFailed',
      `The client 'a' with object id '1' has permission to perform action 'Microsoft.Web/sites/write' on scope '/s/site'; however, it does not have permission to perform action(s) '${ASSIGN}' on the linked scope(s) '/s/id' (respectively) or the linked scope(s) are invalid.`,
    ),
    /lacks the right Microsoft\.ManagedIdentity\/userAssignedIdentities\/assign\/action on \/s\/id\./u,
    /Managed Identity Operator/u,
  ],
  [
    'a missing right to change a resource',
    arm(
      403,
      'AuthorizationFailed',
      "The client 'a' with object id '1' does not have authorization to perform action 'Microsoft.Web/sites/write' over scope '/s/site' or the scope is invalid.",
    ),
    /Microsoft\.Web\/sites\/write on \/s\/site/u,
    /^Contributor may/u,
  ],
  [
    'a right in words not known',
    arm(403, 'AuthorizationFailed', 'No.'),
    /lacks a right \(AuthorizationFailed\): No\.$/u,
    /Owner/u,
  ],
  [
    'an unknown principal',
    arm(400, 'PrincipalNotFound', 'Principal 1 does not exist in the directory 2.'),
    /does not know the principal/u,
    /object id, not a client id/u,
  ],
  [
    'a resource that is not there',
    arm(404, 'ResourceNotFound', "The Resource 'x' was not found."),
    /no such resource: The Resource 'x'/u,
    /az resource list/u,
  ],
  [
    'a sign-in of another tenant',
    arm(
      401,
      'InvalidAuthenticationTokenTenant',
      "The access token is from the wrong issuer 'https://sts.windows.net/11111111-1111-1111-1111-111111111111/'. It must match the tenant 'https://sts.windows.net/22222222-2222-2222-2222-222222222222/' associated with this subscription.",
    ),
    /does not take the sign-in/u,
    /^az login --tenant 22222222-2222-2222-2222-222222222222,/u,
  ],
  [
    'a stale sign-in',
    arm(401, 'InvalidAuthenticationToken', 'The access token is invalid.'),
    /does not take the sign-in/u,
    /az login --tenant <tenant id>/u,
  ],
  [
    'a lock',
    arm(
      409,
      'ScopeLocked',
      "The scope '/s/1' cannot perform write operation because following scope(s) are locked: '/s/1/lock'. Please remove the lock and try again.",
    ),
    /lock forbids the change/u,
    /az lock list --resource \/s\/1\/lock tells/u,
  ],
  [
    'too many requests',
    arm(429, 'TooManyRequests', 'Slow down.'),
    /fewer requests \(429 TooManyRequests\)/u,
    /Wait some minutes/u,
  ],
  [
    'an operation that failed in the end',
    new Error('The long-running operation has failed. FailedIdentityOperation. The identity is gone.'),
    /^The identity could not be changed: The identity is gone\.$/u,
    /az identity list/u,
  ],
  [
    'a code that nobody knows',
    arm(400, 'Peculiar', 'Odd.'),
    /answered 400 Peculiar: Odd\.$/u,
    /the service’s own/u,
  ],
  [
    'trouble on the other side',
    arm(500, 'InternalServerError', 'Oh.'),
    /answered 500 InternalServerError: Oh\.$/u,
    /try again in some minutes/u,
  ],
  [
    'no answer',
    new RestError('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND', statusCode: undefined as never }),
    /could not be reached: ENOTFOUND/u,
    /network/u,
  ],
];

describe('a refusal of Azure', () => {
  it.each(REFUSALS)('%s: says what happened and what to do', (_name, error, message, fix) => {
    const refusal = told(error);
    expect(refusal).toBeInstanceOf(AzureRefusal);
    expect(refusal.message).toMatch(message);
    expect(refusal.fix).toMatch(fix);
    expect(refusal.cause).toBe(error);
  });

  it('of Microsoft Graph names the directory right that is lacking', async () => {
    const { GraphError } = await import('@microsoft/microsoft-graph-client');
    const error = new GraphError(403, 'Insufficient privileges to complete the operation.');
    error.code = 'Authorization_RequestDenied';
    expect(told(error).message).toMatch(/may not do this in the directory: Insufficient privileges/u);
    expect(told(error).fix).toMatch(/AppRoleAssignment\.ReadWrite\.All.*Privileged Role Administrator/u);
  });

  it('of Microsoft Graph that never came says so', async () => {
    const { GraphError } = await import('@microsoft/microsoft-graph-client');
    expect(told(new GraphError(-1, 'fetch failed')).message).toMatch(/Microsoft Graph could not be reached/u);
  });

  it('is told once: wrong use and what was told already stay as they are, and so do other errors', () => {
    for (const error of [new UsageError('no'), new AzureRefusal('no', 'yes'), new RangeError('off')]) {
      expect(refusalOf(error)).toBe(error);
    }
  });

  it('whatever it holds becomes one line that is not too long', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 400, max: 599 }),
        fc.string(),
        fc.string({ maxLength: 5_000 }),
        (status, code, text) => {
          const { message, fix } = told(arm(status, code, text));
          expect(message).not.toContain('\n');
          expect(message.length).toBeLessThan(800 + code.length);
          expect(fix).not.toBe('');
        },
      ),
    );
  });

  it('tells in seconds how long to wait, also where the service names a date', () => {
    const asked = (value: string) => {
      const headers = createHttpHeaders({ 'retry-after': value });
      const response = { status: 429, headers, request: createPipelineRequest({ url: 'https://arm.test' }) };
      return told(new RestError('Slow down.', { statusCode: 429, code: 'TooManyRequests', response })).fix;
    };
    expect(asked('17')).toMatch(/^Wait 17 s,/u);
    expect(asked(new Date(Date.now() + 45_500).toUTCString())).toMatch(/^Wait 4[456] s,/u);
    expect(asked('soon')).toMatch(/^Wait some minutes,/u);
  });
});
