/** In the order of the chain that a picture’s call goes along; a fault further up explains those further down. */
export const GROUPS = [
  'Settings',
  'This machine',
  'Identity',
  'Custom Vision account',
  'Models',
  'Storage',
  'Events',
  'Notifications',
  'Callers',
  'Remarks',
] as const;
export type Group = (typeof GROUPS)[number];

export type Status = 'ok' | 'warning' | 'fault' | 'could not check';

export type Finding = {
  status: Status;
  /** What is the case, in one line. Never a secret. */
  finding: string;
  /** Facts for --verbose, a line each. */
  details?: readonly string[];
  /** What to do, in words. */
  fix?: string;
  /** The next thing to type; what stands in <…> is yours to fill in. */
  command?: string;
  /**
   * Why it could not be checked: `failed` by itself (it threw, or its time was up), only from `inside` Azure, or the
   * id of the check it waited for.
   */
  because?: string;
};

export type Check = {
  /** Stable, such as `storage-queue`; of an endpoint or a model with its name: `model:fruit`. */
  id: string;
  group: Group;
  title: string;
  /** Ids of checks further up; where one of them did not pass, this one cannot be judged. */
  after?: readonly string[];
  /** Milliseconds; 15 s unless told. */
  limitMs?: number;
  /** Gets a signal that ends with its time. What it throws becomes `could not check`. */
  run(signal: AbortSignal): Finding | Promise<Finding>;
};

export type Result = Finding & {
  id: string;
  group: Group;
  title: string;
  durationMs: number;
};

export const ok = (finding: string, details: readonly string[] = []): Finding => ({
  status: 'ok',
  finding,
  details,
});

type Remedy = Pick<Finding, 'fix' | 'command' | 'details'>;

export const fault = (finding: string, remedy: Remedy): Finding => ({ status: 'fault', finding, ...remedy });
export const warning = (finding: string, remedy: Remedy): Finding => ({
  status: 'warning',
  finding,
  ...remedy,
});
