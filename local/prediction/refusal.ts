import { ERROR_ANSWERS, type ErrorAnswer, type ErrorCode } from './codes.ts';

/** A documented error answer on its way to the client. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: number;
  readonly code: ErrorCode;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(
    code: ErrorCode,
    more: { message?: string; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    const answer: ErrorAnswer = ERROR_ANSWERS[code];
    const message = more.message ?? answer.message;
    super(message, { cause: more.cause });
    this.status = answer.status;
    this.code = code;
    this.body = answer.shape === 'flat' ? { code, message } : { error: { code, message } };
    this.headers = { ...answer.headers, ...more.headers };
  }
}
