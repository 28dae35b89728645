import { untold } from '../../../notify/again.ts';
import { targetName } from '../../../settings/notifyTarget.ts';
import { requireSettings } from '../../../settings/settings.ts';
import { type Check, fault, ok, warning } from '../check.ts';
import type { Context } from '../context.ts';
import { openImageStorage } from '../storageCall.ts';

/** Longer than a message may be on its way, and than reconcile leaves it. */
const LATE_MS = 20 * 60_000;

/** What documents wait to be told, and why, from their listing. */
export function outboxCheck(context: Context): Check {
  return {
    id: 'outbox',
    group: 'Notifications',
    title: 'What waits to be told',
    after: ['settings', 'predictions'],
    limitMs: 60_000,
    async run(signal) {
      const { notify, predictionsContainer } = requireSettings(context.loaded);
      const { blobs } = await openImageStorage(context);
      const names = new Map(notify.map(({ key, to }) => [key, targetName(to)]));
      const counts = new Map<string, number>();
      let [waiting, failed, late] = [0, 0, 0];
      for await (const { outbox } of untold(blobs.getContainerClient(predictionsContainer), {})) {
        if (signal.aborted) break;
        for (const { target, state, code, at } of outbox) {
          const what = `${names.get(target) ?? target} ${state === 'failed' ? 'given up' : 'waits'}${code ? `: ${code}` : ''}`;
          counts.set(what, (counts.get(what) ?? 0) + 1);
          if (state === 'failed') failed += 1;
          else waiting += 1;
          if (state === 'waits' && Date.now() - at * 1000 > LATE_MS) late += 1;
        }
      }
      const details = [...counts].map(([what, count]) => `${count} × ${what}`);
      if (failed > 0) {
        return fault(`${failed} could not be told: ${details.join(', ')}.`, {
          details,
          fix: 'Mend what the codes say (docs/errors.md), then:',
          command: 'npm run keyless -- retry --notifications',
        });
      }
      const reasons = [...counts.keys()].some((what) => what.includes(': '));
      if (reasons || late > 0) {
        return warning(
          `${waiting} wait: ${details.join(', ')}${late > 0 ? `; ${late} of them for long` : ''}.`,
          {
            details,
            fix: 'They are told by themselves once it is mended; at once with:',
            command: 'npm run keyless -- retry --notifications',
          },
        );
      }
      return ok(waiting === 0 ? 'Nothing.' : `${waiting}, on their way.`);
    },
  };
}
