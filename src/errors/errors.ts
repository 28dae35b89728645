import { callers } from './callers.ts';
import { withoutSecretsIn } from './cause.ts';
import type { Entry, Fault } from './entry.ts';
import { exportErrors } from './exports.ts';
import { onOneLine } from './forLog.ts';
import { identity } from './identity.ts';
import { notify } from './notify.ts';
import { pictures } from './pictures.ts';
import { proxy } from './proxy.ts';
import { withoutSecrets } from './secrets.ts';
import { storage } from './storage.ts';
import { vision } from './vision.ts';

export type { Fault };

/** The error book: every failure this app can report. `docs/errors.md` is made from it. */
export const errorBook = {
  SettingsInvalid: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The app is not configured correctly',
    cause: 'One or more application settings are missing or wrong; the app checks them all when it starts.',
    fix: 'Correct the settings named in the detail (locally: local.settings.json) and restart the app.',
  },
  ...identity,
  RequestInvalid: {
    status: 400,
    fault: 'caller',
    transient: false,
    title: 'The request cannot be read',
    cause: 'A query value, the JSON body or the multipart form does not have the expected form.',
    fix: 'Send one picture as the body (image/* or application/octet-stream), as one file of a multipart/form-data form, or {"url": "https://…"} as application/json.',
  },
  ...pictures,
  ModelUnknown: {
    status: 404,
    fault: 'caller',
    transient: false,
    title: 'There is no such model',
    cause:
      'The name is not one of the models in the settings, or no model was named and none is the default.',
    fix: 'Use one of the names given in the detail: POST /api/predict/<name>.',
  },
  NotFound: {
    status: 404,
    fault: 'caller',
    transient: false,
    title: 'There is nothing here',
    cause: 'The address or the name does not exist.',
    fix: 'Check the address against the README.',
  },
  ...vision,
  ...exportErrors,
  ...storage,
  ...proxy,
  ...notify,
  PictureBusy: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'Another instance is working on the picture',
    cause: 'Two events of one picture came at the same time; only one instance works on it.',
    fix: 'Nothing to do: the picture is tried again, and finds the document the other wrote.',
  },
  MemoryBusy: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'No memory is free for the picture',
    cause:
      'Pictures are decoded in memory to make them fit, only as many at a time as the instance has room for; this one waited for its turn in vain.',
    fix: 'Try again after the seconds of Retry-After; for many large pictures, run the app on instances with more memory.',
  },
  GivenUp: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'The picture was given up',
    cause: 'Each of the platform’s attempts failed, and the reason of the last one is not known.',
    fix: 'Look at the app’s log of that time, then: npm run keyless -- retry --code GivenUp',
  },
  Unexpected: {
    status: 500,
    fault: 'service',
    transient: true,
    title: 'Something unforeseen went wrong',
    cause: 'A fault in this app that its error book does not know.',
    fix: 'Find the request id in the app’s log, and report what stands there.',
  },
  ...callers,
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof errorBook;

type Extras = { cause?: unknown; fix?: string; retryAfterSeconds?: number; attempts?: number };

/** More than any list of problems; what others say is cut where it is quoted. */
const LONGEST_TEXT = 16_384;
/** Message and fix quote names, headers and services: whatever these hold, they can be logged, answered and kept. */
const safe = (text: string): string => onOneLine(withoutSecrets(text.slice(0, LONGEST_TEXT)));

/**
 * The one error of this app. Its message names what was tried and on what. Message, fix and cause are made safe here, so
 * that no one who throws needs to think of it: each on one line, without a token, a key or the query of an address.
 */
export class KeylessError extends Error {
  override name = 'KeylessError';
  readonly code: ErrorCode;
  /** The next thing to do; the book's own unless something more exact is known. */
  readonly fix: string;
  readonly retryAfterSeconds: number | undefined;
  /** Calls made before giving up, where calls were made. */
  readonly attempts: number | undefined;

  constructor(code: ErrorCode, detail: string, extras: Extras = {}) {
    super(safe(detail), { cause: withoutSecretsIn(extras.cause) });
    this.code = code;
    this.fix = safe(extras.fix ?? errorBook[code].fix);
    this.retryAfterSeconds = extras.retryAfterSeconds;
    this.attempts = extras.attempts;
  }

  get entry(): Entry {
    return errorBook[this.code];
  }

  /** The message, as far as it is for others than the log: what is unforeseen may be meant for nobody’s eyes. */
  get detail(): string {
    return this.code === 'Unexpected' ? 'What it was stands in the app’s log.' : this.message;
  }

  /** The same error, telling how often it was tried. */
  afterAttempts(attempts: number): KeylessError {
    const { retryAfterSeconds } = this;
    return new KeylessError(
      this.code,
      attempts > 1 ? `${this.message} (${attempts} attempts)` : this.message,
      {
        cause: this.cause,
        fix: this.fix,
        attempts,
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      },
    );
  }

  get transient(): boolean {
    return this.entry.transient;
  }
}

/** Whatever was thrown, as an error of the book. */
export function asKeylessError(thrown: unknown): KeylessError {
  if (thrown instanceof KeylessError) return thrown;
  const detail =
    thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : 'A value that is no error was thrown.';
  return new KeylessError('Unexpected', detail, { cause: thrown });
}
