import { randomUUID } from 'node:crypto';
import { ApiError } from '../api.ts';

/** https://learn.microsoft.com/graph/errors */
export const graphError = (
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
) => new ApiError(status, message, graphBody(code, message), headers);

export function graphBody(code: string, message: string) {
  const id = randomUUID();
  const date = new Date().toISOString().slice(0, 19);
  return { error: { code, message, innerError: { date, 'request-id': id, 'client-request-id': id } } };
}

export const notFound = (id: string) =>
  graphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );

export const badRequest = (message: string) => graphError(400, 'Request_BadRequest', message);

export const unsupportedQuery = (message: string) => graphError(400, 'Request_UnsupportedQuery', message);

/** The words for a status that a test asked for. */
export function wordGraphFault(status: number): unknown {
  const [code, message] = FAULT_WORDS[status] ?? [
    'Service_InternalServerError',
    `The service answered ${status}.`,
  ];
  return graphBody(code, message);
}

const FAULT_WORDS: Record<number, [code: string, message: string]> = {
  403: ['Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'],
  429: ['TooManyRequests', 'Too many requests.'],
  500: ['Service_InternalServerError', 'Encountered an internal server error.'],
  503: ['serviceNotAvailable', 'The service is temporarily unavailable. Repeat the request after a delay.'],
};
