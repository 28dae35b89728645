import pRetry from 'p-retry';
import { readRetryAfter } from '../../outbound/retryAfter.ts';

/** What a refusal of ARM or Microsoft Graph says, whichever SDK threw it. */
export type Answer = {
  service: 'Azure Resource Manager' | 'Microsoft Graph';
  /** Undefined where no answer came. */
  status: number | undefined;
  code: string;
  message: string;
  /** Seconds to wait, as told with a 429. */
  retryAfter: number | undefined;
};

const SHOWN_CHARACTERS = 500;
/** The code of an answer that is none of Azure's. */
export const STRANGER = 'AnsweredBySomethingElse';
/** So an operation that ARM took on and gave up words it: @azure/core-lro. */
const GIVEN_UP = /^The long-running operation has failed(?:\. (?<code>\w+)\. (?<message>.*))?$/su;

/** Undefined for an error that is neither service's. */
export function answerOf(thrown: unknown): Answer | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const given = GIVEN_UP.exec(thrown.message);
  if (given) {
    const { code = 'OperationFailed', message = 'ARM gave no reason' } = given.groups ?? {};
    return {
      service: 'Azure Resource Manager',
      status: 200,
      code,
      message: short(message),
      retryAfter: undefined,
    };
  }
  if (!('statusCode' in thrown)) return undefined;
  // GraphError alone has a body; it calls a request without an answer -1.
  const service = 'body' in thrown ? 'Microsoft Graph' : 'Azure Resource Manager';
  const status =
    typeof thrown.statusCode === 'number' && thrown.statusCode > 0 ? thrown.statusCode : undefined;
  return {
    service,
    status,
    code: 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '',
    message: short(thrown.message),
    retryAfter: retryAfterOf(thrown),
  };
}

/** The code of a refusal, or '' for anything else. */
export const codeOf = (thrown: unknown): string => answerOf(thrown)?.code ?? '';

function retryAfterOf(thrown: Error): number | undefined {
  const headers =
    ('headers' in thrown && thrown.headers) ||
    ('response' in thrown && (thrown.response as { headers?: unknown } | undefined)?.headers);
  const get = (headers as { get?: (name: string) => string | null | undefined } | undefined)?.get;
  return readRetryAfter(get?.call(headers, 'retry-after'));
}

function short(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim().replace(/\.$/u, '');
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}

/** What ARM and Graph answer while a new principal has not reached every part of the directory. */
const UNKNOWN_YET = new Set(['PrincipalNotFound', 'Request_ResourceNotFound']);
/** 1, 2, 4, 8, 15, 15, … seconds: two minutes in all. */
const WAITING = { retries: 10, minTimeout: 1_000, factor: 2, maxTimeout: 15_000 };

/** Tries again, and says so once, while the principal is not known everywhere. */
export function untilReplicated<T>(work: () => Promise<T>): Promise<T> {
  return pRetry(work, {
    ...WAITING,
    shouldRetry: ({ error }) => UNKNOWN_YET.has(codeOf(error)),
    onFailedAttempt: ({ error, attemptNumber }) => {
      if (attemptNumber > 1 || !UNKNOWN_YET.has(codeOf(error))) return;
      console.error('The directory does not know the principal everywhere yet; trying for two minutes …');
    },
  });
}
