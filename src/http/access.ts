import type { HttpHandler } from '@azure/functions';
import { type CallerCheck, createCallerCheck } from '../identity/callers/callers.ts';
import type { CallerAuth } from '../settings/settings.ts';
import { answering } from './problem.ts';

/** What a function lets its callers do; with `entra` each is an app role. */
export type Access = 'predict' | 'read';

export type CallerAccess = {
  /** With function keys the host asks for one; with app roles every call is let through to the check. */
  authLevel: 'function' | 'anonymous';
  /** A handler for callers that may do this: with app roles their token is checked before anything else. */
  guarded(access: Access, handler: Parameters<typeof answering>[0]): HttpHandler;
};

/** One check, with one cache of keys, for all functions. */
export function createAccess(callers: CallerAuth): CallerAccess {
  let check: CallerCheck | undefined;
  return {
    authLevel: callers.kind === 'key' ? 'function' : 'anonymous',
    guarded: (access, handler) =>
      answering(async (request, context) => {
        if (callers.kind === 'entra') {
          check ??= createCallerCheck(callers);
          await check.authorize(request.headers.get('authorization'), callers.roles[access]);
        }
        return handler(request, context);
      }),
  };
}
