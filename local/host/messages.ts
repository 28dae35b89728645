import type { LogEntry } from './contract.ts';

/** What the host's process tells its parent. */
export type FromHost =
  | { type: 'ready'; url: string; functions: string[] }
  | { type: 'failed'; message: string }
  | { type: 'log'; entry: LogEntry };

/** What the parent tells it. */
export type ToHost = { type: 'stop' };
