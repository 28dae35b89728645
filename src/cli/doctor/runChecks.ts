import { setTimeout as sleep } from 'node:timers/promises';
import type { Check, Finding, Result } from './check.ts';

const LIMIT_MS = 15_000;

/**
 * Runs all checks at once, each as soon as those it comes after have passed. Never rejects for a check’s sake.
 * Resolves in the order given. Throws where a check comes after one that does not stand before it.
 */
export async function runChecks(
  checks: readonly Check[],
  report?: (result: Result) => void,
): Promise<Result[]> {
  const running = new Map<string, Promise<Result>>();
  for (const check of checks) {
    const before = (check.after ?? []).map((id) => {
      const found = running.get(id);
      if (!found) throw new Error(`The check ${check.id} comes after ${id}, which does not stand before it.`);
      return found;
    });
    running.set(
      check.id,
      runAfter(check, before).then((result) => {
        report?.(result);
        return result;
      }),
    );
  }
  return Promise.all(running.values());
}

async function runAfter(check: Check, before: readonly Promise<Result>[]): Promise<Result> {
  const { id, group, title } = check;
  const blocker = (await Promise.all(before)).find(({ status }) => status !== 'ok' && status !== 'warning');
  const started = performance.now();
  const outcome = blocker ? blockedBy(blocker) : await attempt(check);
  return { id, group, title, ...outcome, durationMs: Math.round(performance.now() - started) };
}

/** Names the check at the root, not the next one in the row. */
function blockedBy(blocker: Result): Finding {
  const { status, because, id, title, finding } = blocker;
  if (status === 'could not check' && because && because !== 'failed') return { status, finding, because };
  return { status: 'could not check', finding: `Waits for “${title}” (${id}).`, because: id };
}

async function attempt(check: Check): Promise<Finding> {
  const { limitMs = LIMIT_MS } = check;
  const ended = new AbortController();
  const late = sleep(limitMs, undefined, { signal: ended.signal }).then(() => undefined);
  try {
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(limitMs)]);
    const finding = await Promise.race([(async () => check.run(signal))(), late]);
    return finding ?? failed(`It took longer than ${limitMs / 1000} s.`);
  } catch (error) {
    return thrown(error);
  } finally {
    late.catch(() => {}); // its timer is ended, not awaited
    ended.abort();
  }
}

/** What Azure refused tells what to do; of anything else the name may help. */
function thrown(error: unknown): Finding {
  if (!(error instanceof Error)) return failed(String(error));
  return 'fix' in error && typeof error.fix === 'string'
    ? { ...failed(error.message), fix: error.fix }
    : failed(`${error.name}: ${error.message}`);
}

const failed = (reason: string): Finding => ({
  status: 'could not check',
  finding: `The check itself failed. ${reason}`,
  because: 'failed',
});
