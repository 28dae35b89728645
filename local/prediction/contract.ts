import type { Faults } from '../faults.ts';
import type { Assignments } from '../identity/assignments.ts';
import type { PublishedModels } from './models.ts';
import type { Oddity } from './oddities.ts';
import type { Rate, Tier } from './rateLimit.ts';
import type { ErrorCode } from './refusal.ts';
import type { LoggedPrediction } from './requestLog.ts';

export type PredictionServerOptions = PublishedModels & {
  /** Whose tokens are taken and who holds which role; an identity endpoint is one. */
  identity: { keySetUrl: string; issuer: string; assignments: Pick<Assignments, 'has'> };
  /** The account that roles are looked up on. */
  accountName?: string;
  /** Decides the rate; S0 unless told. */
  tier?: Tier;
  /** Instead of the tier's. */
  rate?: Partial<Rate>;
  customSubdomain?: boolean;
  port?: number;
  /** The clock of the rate limit, in milliseconds. */
  now?: () => number;
};

/** Custom Vision prediction v3.1 on this machine, with the gateway in front of it. */
export type PredictionServer = {
  /** The endpoint to give to the prediction SDK. */
  url: string;
  faults: Faults;
  /** The next request gets the service's own answer for this code. */
  answerNext(code: ErrorCode): void;
  /** Settable, by member or as a whole. */
  rate: Rate;
  /** True refuses everybody, as virtual network rules would. */
  firewall: boolean;
  /** False behaves like a regional endpoint, which takes no tokens. */
  customSubdomain: boolean;
  /** Published names whose model is in trouble: they answer 503, the others go on. */
  unavailable: ReadonlySet<string>;
  /** What its answers have that the usual ones have not; none unless told. */
  oddities: ReadonlySet<Oddity>;
  readonly requests: readonly LoggedPrediction[];
  /** e.g. `count({ publishedName: 'fruit', status: 200 })` */
  count(where?: Partial<LoggedPrediction>): number;
  /** TCP connections opened so far. */
  readonly connections: number;
  /** Log, faults and switches as they were at the start. */
  reset(): void;
  close(): Promise<void>;
};
