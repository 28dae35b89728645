import { expect } from 'vitest';
import { KeylessError } from '../../../src/errors/errors.ts';
import { challenge } from '../../../src/identity/callers/challenge.ts';
import { expectNoToken, rejection } from '../../support/secrets.ts';

export type Refusals = {
  /** Fails unless the attempt ends in that code for that reason, with no token and no control character told. */
  expect(title: string, attempt: Promise<unknown>, code: string, because: RegExp): Promise<void>;
  /** The table of what was refused, for whoever runs the tests. */
  print(): void;
};

export function createRefusals(): Refusals {
  const lines: string[] = [];
  return {
    async expect(title, attempt, code, because) {
      const error = await rejection(attempt);
      expect(error).toMatchObject({ code, message: expect.stringMatching(because) });
      if (!(error instanceof KeylessError)) throw new Error('Expected an error of the book.');
      expectNoToken(error);
      for (const text of [error.message, error.fix, challenge(error) ?? '']) {
        expect(text).toMatch(/^\P{Cc}*$/u);
      }
      lines.push(`  ${title.padEnd(46)} ${error.entry.status} ${code}`);
    },
    print() {
      process.stdout.write(`${lines.join('\n')}\n${lines.length} bad tokens, all refused\n`);
    },
  };
}
