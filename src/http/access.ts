import type { HttpHandler } from '@azure/functions';
import { loaded } from '../functions/app.ts';
import { type CallerCheck, createCallerCheck } from '../identity/callers/callers.ts';
import { answering } from './problem.ts';

/** What a function lets its callers do; with `entra` each is an app role. */
export type Access = 'predict' | 'read';

const { callers } = loaded.registration;

/** With function keys the host asks for one; with app roles every call is let through to the check below. */
export const authLevel = callers.kind === 'key' ? 'function' : 'anonymous';

let check: CallerCheck | undefined;

/** A handler for callers that may do this: with app roles their token is checked before anything else, with keys the host asks. */
export function guarded(access: Access, handler: Parameters<typeof answering>[0]): HttpHandler {
  return answering(async (request, context) => {
    if (callers.kind === 'entra') {
      check ??= createCallerCheck(callers);
      await check.authorize(request.headers.get('authorization'), callers.roles[access]);
    }
    return handler(request, context);
  });
}
