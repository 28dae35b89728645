/** Whose turn it is: the caller sent something unfit, the operator has something to set, or the service has trouble. */
export type Fault = 'caller' | 'operator' | 'service';

export type Entry = {
  /** HTTP status of the problem a caller sees. */
  status: 400 | 401 | 403 | 404 | 413 | 415 | 422 | 429 | 500 | 502 | 503 | 504;
  fault: Fault;
  /** Trying the same thing again later can mend it. */
  transient: boolean;
  title: string;
  cause: string;
  fix: string;
};
