import type { Faults } from '../faults.ts';
import type { Assignments } from '../identity/assignments.ts';
import type { AnswerCode } from '../prediction/refusal.ts';

/** `Iteration` of the training API v3.3, times are ISO 8601. */
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

export type TrainingTag = { id: string; name: string; type: 'Regular' | 'Negative' };

/** `Image`; the sides of a region are fractions (0..1) of the picture. */
export type TrainingPicture = {
  id: string;
  width: number;
  height: number;
  bytes: Buffer;
  tagIds: readonly string[];
  regions: readonly { tagId: string; left: number; top: number; width: number; height: number }[];
};

export type TrainingProject = {
  id: string;
  name: string;
  domainId: string;
  classificationType: 'Multiclass' | 'Multilabel' | null;
  iterations: readonly TrainingIteration[];
  tags?: readonly TrainingTag[];
  /** The oldest first. */
  pictures?: readonly TrainingPicture[];
};

export type TrainingApiOptions = {
  projects: readonly TrainingProject[];
  /** Whose tokens are taken and who holds which role; an identity endpoint is one. */
  identity: { keySetUrl: string; issuer: string; assignments: Pick<Assignments, 'has'> };
  /** The account that roles are looked up on. */
  accountName?: string;
  port?: number;
  /** What an export holds; undefined: the iteration cannot be exported like that. */
  exported?(iterationId: string, platform: string, flavor: string | null): Buffer | undefined;
  /** Whether the account’s own identity may write there: looked up when a project is given a container or a queue. */
  mayWrite?(address: string): boolean;
};

/** One request. Never holds a token. */
export type LoggedTrainingRequest = {
  method: string;
  path: string;
  status: number | string;
  code?: string;
  objectId?: string;
};

/** One request for a file. */
export type LoggedDownload = { method: string; path: string; status: number | string; authorized: boolean };

/** The account of storage that holds what the training API gives addresses of; they are signed, and end. */
export type FileHost = {
  url: string;
  faults: Faults;
  /** For how long an address is good; a day, as the service’s. */
  addressesLiveMs: number;
  readonly requests: readonly LoggedDownload[];
};

/** Custom Vision training v3.3 on this machine, as far as it is of use here, with the gateway in front of it. */
export type TrainingApi = {
  /** The endpoint to give to a client: VISION_TRAINING_ENDPOINT. */
  url: string;
  accountName: string;
  faults: Faults;
  /** The next request gets the service's own answer for this code. */
  answerNext(code: AnswerCode): void;
  /** True refuses everybody, as virtual network rules would. */
  firewall: boolean;
  /** False behaves like a regional endpoint, which takes no tokens. */
  customSubdomain: boolean;
  /** In a virtual network addresses are paths, for GetArtifact to take. */
  virtualNetwork: boolean;
  /** Calls in a second; Infinity for no limit. */
  rate: number;
  /** How long an export takes. */
  exportMs: number;
  files: FileHost;
  readonly requests: readonly LoggedTrainingRequest[];
  /** Log, faults and switches as they were at the start. */
  reset(): void;
  close(): Promise<void>;
};
