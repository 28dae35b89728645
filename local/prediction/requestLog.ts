import { createHash } from 'node:crypto';
import type { PredictionRoute } from './routes.ts';

/** One prediction request. Never holds a token, a key or the picture. */
export type LoggedPrediction = Omit<PredictionRoute, 'projectId'> & {
  /** Unix milliseconds of its arrival. */
  at: number;
  /** HTTP status; a fault's name when one was shown; 'pending' while unanswered, 'gone' when the client left. */
  status: number | string;
  /** The code of an error answer. */
  code?: string;
  /** What went wrong behind a 500. */
  failure?: string;
  /** Who asked, once the token was verified. */
  objectId?: string;
  /** Of the picture, as soon as it is there: at once when sent, after the checks when fetched from a url. */
  bytes?: number;
  sha256?: string;
  /** How many times this model was sent this very picture, this time included. */
  attempt?: number;
  /** The number of its TCP connection. */
  connection: number;
};

export type RequestLog = {
  readonly entries: readonly LoggedPrediction[];
  open(route: PredictionRoute, connection: number): LoggedPrediction;
  /** Notes the picture of an entry. */
  picture(entry: LoggedPrediction, picture: Uint8Array): void;
  /** How many entries have these values. */
  count(where?: Partial<LoggedPrediction>): number;
  clear(): void;
};

export function createRequestLog(): RequestLog {
  const entries: LoggedPrediction[] = [];
  const attempts = new Map<string, number>();
  return {
    entries,
    open: ({ projectId: _, ...route }, connection) => {
      const entry = { ...route, at: Date.now(), status: 'pending', connection };
      entries.push(entry);
      return entry;
    },
    picture: (entry, picture) => {
      const sha256 = createHash('sha256').update(picture).digest('hex');
      const key = `${entry.publishedName} ${sha256}`;
      const attempt = (attempts.get(key) ?? 0) + 1;
      attempts.set(key, attempt);
      Object.assign(entry, { bytes: picture.length, sha256, attempt });
    },
    count: (where = {}) => {
      const wanted = Object.entries(where);
      return entries.filter((entry) => wanted.every(([member, value]) => Object(entry)[member] === value))
        .length;
    },
    clear: () => {
      entries.length = 0;
      attempts.clear();
    },
  };
}
