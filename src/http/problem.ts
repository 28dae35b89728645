import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import { asKeylessError, type KeylessError } from '../errors/errors.ts';
import { onOneLine } from '../errors/forLog.ts';
import { challenge } from '../identity/callers/challenge.ts';

/** Where each code of the error book is explained. */
const ERRORS_PAGE = 'https://github.com/keyless-vision/keyless-vision/blob/main/docs/errors.md';

/** A failure as an HTTP answer: problem details, RFC 9457, with the code, the fix and the id to find it in the log. */
export function problemResponse(error: KeylessError, requestId: string): HttpResponseInit {
  const { status, title } = error.entry;
  const authenticate = challenge(error);
  return {
    status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      ...(error.retryAfterSeconds !== undefined && {
        'retry-after': String(Math.ceil(error.retryAfterSeconds)),
      }),
      // https://www.rfc-editor.org/rfc/rfc9110#section-15.5.16
      ...(error.code === 'ContentEncodingUnsupported' && { 'accept-encoding': 'identity' }),
      ...(authenticate && { 'www-authenticate': authenticate }),
    },
    body: JSON.stringify({
      type: `${ERRORS_PAGE}#${error.code.toLowerCase()}`,
      title,
      status,
      detail: error.detail,
      code: error.code,
      fix: error.fix,
      requestId,
    }),
  };
}

/**
 * Answers every call, whatever the handler does: a handler that throws or returns nothing would leave the caller
 * with an empty 500 or 200, and in stream mode waiting (https://github.com/Azure/azure-functions-nodejs-library/issues/324).
 */
export function answering(
  handler: (...args: Parameters<HttpHandler>) => Promise<HttpResponseInit>,
): HttpHandler {
  return async (request, context) => {
    try {
      const response = await handler(request, context);
      if (!response) throw new Error('The handler answered nothing.');
      return response;
    } catch (thrown) {
      const error = asKeylessError(thrown);
      const line = `${error.code}: ${error.message}`;
      if (error.code === 'Unexpected') context.error(`${line} At: ${whereThrown(error)}`);
      else if (error.entry.fault === 'caller') context.info(line);
      else context.error(`${line} Fix: ${error.fix}`);
      return problemResponse(error, context.invocationId);
    }
  };
}

/** The lines of the stack on one: the words of an error may hold line breaks. */
function whereThrown({ cause, stack = '' }: KeylessError): string {
  const thrownAt = cause instanceof Error ? cause.stack : stack;
  return onOneLine((thrownAt ?? '').replaceAll(/\n\s*/gu, ' · '));
}
