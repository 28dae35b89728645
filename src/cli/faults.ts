import { plain } from './table.ts';

/** What was typed is at fault: the command ends with 2. */
export class UsageError extends Error {
  override name = 'UsageError';
  readonly fix: string | undefined;

  constructor(message: string, fix?: string) {
    super(message);
    this.fix = fix;
  }
}

/** For people: what happened, and what to do next. Services’ own words in it cannot steer the terminal. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return plain(String(error));
  const fix = 'fix' in error && error.fix ? `\nFix: ${String(error.fix)}` : '';
  return `${error.message}${fix}`.split('\n').map(plain).join('\n');
}

/** 2 for wrong use, 1 for what failed. */
export const exitCodeOf = (error: unknown): 1 | 2 => (error instanceof UsageError ? 2 : 1);
