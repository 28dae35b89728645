/**
 * A target that a document is, or was, to be told to. `waits`: until `at`, or is on its way · `told`: at · `passed`:
 * matched while its rule had a pause · `failed`: given up.
 */
export type OutboxEntry = {
  target: string;
  state: 'waits' | 'told' | 'passed' | 'failed';
  /** Unix seconds. */
  at: number;
  /** That failed so far. */
  attempts: number;
  /** Of the last one that failed. */
  code?: string;
};

export type Outbox = readonly OutboxEntry[];

/** Metadata of a document, which must be ASCII. */
export const OUTBOX_KEY = 'outbox';

const ENTRY = /^([\w-]{1,32})\.(waits|told|passed|failed)\.(\d{1,12})\.(\d{1,4})(?:\.([A-Za-z]{1,40}))?$/u;

/** About 40 characters a target, and at most 32 of them. */
export const writeOutbox = (outbox: Outbox): string =>
  outbox
    .map(({ target, state, at, attempts, code }) =>
      [target, state, Math.round(at), attempts, ...(code ? [code] : [])].join('.'),
    )
    .join(',');

/** What is no entry is left out: somebody else wrote it. */
export const readOutbox = (text: string | undefined): Outbox =>
  (text ?? '').split(',').flatMap((part) => {
    const [, target, state, at, attempts, code] = ENTRY.exec(part) ?? [];
    if (!target) return [];
    return {
      ...{ target, state: state as OutboxEntry['state'] },
      ...{ at: Number(at), attempts: Number(attempts) },
      ...(code && { code }),
    };
  });
