import type { Faults } from '../faults.ts';
import type { Assignments } from '../identity/assignments.ts';
import type { ErrorCode } from '../prediction/refusal.ts';

/** `Iteration` of the training API v3.3, as far as it is read: times are ISO 8601. */
export type TrainingIteration = {
  id: string;
  name: string;
  status: 'New' | 'Training' | 'Completed' | 'Failed';
  trainedAt: string | null;
  exportable: boolean;
  exportableTo: string[];
  domainId: string;
  classificationType: 'Multiclass' | 'Multilabel' | null;
  publishName: string | null;
  /** Azure Resource Manager id of the prediction account. */
  originalPublishResourceId: string | null;
};

export type TrainingProject = {
  id: string;
  name: string;
  domainId: string;
  classificationType: 'Multiclass' | 'Multilabel' | null;
  iterations: readonly TrainingIteration[];
};

export type TrainingApiOptions = {
  projects: readonly TrainingProject[];
  /** Whose tokens are taken and who holds which role; an identity endpoint is one. */
  identity: { keySetUrl: string; issuer: string; assignments: Pick<Assignments, 'has'> };
  /** The account that roles are looked up on. */
  accountName?: string;
  port?: number;
};

/** One request. Never holds a token. */
export type LoggedTrainingRequest = {
  path: string;
  status: number | string;
  code?: string;
  objectId?: string;
};

/** Custom Vision training v3.3 on this machine, its reads, with the gateway in front of it. */
export type TrainingApi = {
  /** The endpoint to give to a client: VISION_TRAINING_ENDPOINT. */
  url: string;
  accountName: string;
  faults: Faults;
  /** The next request gets the service's own answer for this code. */
  answerNext(code: ErrorCode): void;
  /** True refuses everybody, as virtual network rules would. */
  firewall: boolean;
  /** False behaves like a regional endpoint, which takes no tokens. */
  customSubdomain: boolean;
  readonly requests: readonly LoggedTrainingRequest[];
  /** Log, faults and switches as they were at the start. */
  reset(): void;
  close(): Promise<void>;
};
