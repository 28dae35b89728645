import { type ErrorCode, KeylessError } from '../errors/errors.ts';
import type { ExportPrediction } from './answer.ts';
import type { ExportSource } from './exportFiles.ts';
import type { About } from './loadExport.ts';
import type { Prepared } from './prepare.ts';

/** What a thread is started with. */
export type ThreadData = { source: ExportSource };

/** To the thread: a picture, or the answer to its question for memory. */
export type ToThread = { id: number; picture: Prepared } | { admitted: true } | { refused: Fault };

/** From the thread. Before it loads the model it asks for memory, and goes on when that is admitted. */
export type FromThread =
  | { needs: number }
  | { loaded: About }
  | { failed: Fault }
  | { id: number; predictions: ExportPrediction[] }
  | { id: number; fault: Fault };

/** An error of the book on its way between threads, which classes do not cross. */
export type Fault = {
  code?: ErrorCode;
  message: string;
  fix?: string;
  retryAfterSeconds?: number | undefined;
};

export const toFault = (thrown: unknown): Fault =>
  thrown instanceof KeylessError
    ? {
        ...{ code: thrown.code, message: thrown.message, fix: thrown.fix },
        retryAfterSeconds: thrown.retryAfterSeconds,
      }
    : { message: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown) };

export const fromFault = ({ code = 'Unexpected', message, fix, retryAfterSeconds }: Fault): KeylessError =>
  new KeylessError(code, message, {
    ...(fix !== undefined && { fix }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
