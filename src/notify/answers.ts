import { type ErrorCode, KeylessError } from '../errors/errors.ts';
import type { Answer } from '../outbound/ask.ts';

const SHOWN_CHARACTERS = 200;
/** Longer nobody waits: a queue keeps a message hidden for a week at most. */
const LONGEST_PAUSE_S = 86_400;

/** What an answer other than 2xx means; a service’s own code is put in by its caller. */
export function answerFault(
  answer: Answer,
  target: string,
  code: ErrorCode = codeOf(answer.status),
): KeylessError {
  const wait = answer.headers['retry-after'];
  return new KeylessError(code, `${target} answered ${answer.status}${words(answer)}.`, {
    ...(wait && { retryAfterSeconds: Math.min(LONGEST_PAUSE_S, Number(wait)) }),
  });
}

function codeOf(status: number): ErrorCode {
  if (status >= 300 && status < 400) return 'TargetRedirected';
  if (status === 401) return 'TokenRefused';
  if (status === 403) return 'TargetForbidden';
  if (status === 408) return 'TargetTimeout';
  if (status === 425 || status === 429) return 'TargetBusy';
  if (status >= 500) return 'TargetFailing';
  return 'TargetRefused';
}

/** Azure’s services say { error: { code, message } }; problem details have a title; others may say anything. */
export function spokenCode({ text }: Answer): string | undefined {
  try {
    const { error, title, code } = JSON.parse(text) as {
      error?: { code?: unknown };
      title?: unknown;
      code?: unknown;
    };
    const spoken = error?.code ?? code ?? title;
    return typeof spoken === 'string' ? spoken.slice(0, SHOWN_CHARACTERS) : undefined;
  } catch {
    return undefined;
  }
}

function words(answer: Answer): string {
  const code = spokenCode(answer);
  return code ? ` “${code}”` : '';
}
