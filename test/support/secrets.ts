import { inspect } from 'node:util';
import { expect } from 'vitest';

/** Fails when a token, whole or in part, shows in any way an error is printed: message, JSON, inspect, causes. */
export function expectNoToken(error: unknown): void {
  const printed = [
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: 10, showHidden: true, getters: true }),
    causes(error).join('\n'),
  ].join('\n');
  expect(printed).not.toMatch(/ey[A-Za-z0-9_-]{16,}/u);
}

function causes(error: unknown): string[] {
  return error instanceof Error ? [error.message, error.stack ?? '', ...causes(error.cause)] : [];
}

/** What a promise rejects with; fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('Expected a rejection.');
    },
    (error: unknown) => error,
  );
}
