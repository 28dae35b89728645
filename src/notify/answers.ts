import { type ErrorCode, KeylessError } from '../errors/errors.ts';
import type { Answer } from './post.ts';

const SHOWN_CHARACTERS = 200;
/** Longer nobody waits: a queue keeps a message hidden for a week at most. */
const LONGEST_PAUSE_S = 86_400;

/** What an answer other than 2xx means; a service’s own code is put in by its caller. */
export function answerFault(
  answer: Answer,
  target: string,
  code: ErrorCode = codeOf(answer.status),
): KeylessError {
  const retryAfterSeconds = retryAfter(answer);
  return new KeylessError(code, `${target} answered ${answer.status}${words(answer)}.`, {
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
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

/** Seconds of Retry-After, given as seconds or as a date (RFC 9110, 10.2.3). */
function retryAfter({ headers }: Answer): number | undefined {
  const value = [headers['retry-after']].flat()[0];
  if (!value) return undefined;
  const seconds = /^\d+$/u.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return Number.isFinite(seconds) ? Math.min(LONGEST_PAUSE_S, Math.max(0, seconds)) : undefined;
}
