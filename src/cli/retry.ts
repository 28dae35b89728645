import { errorBook } from '../errors/errors.ts';
import { createCredential } from '../identity/credential.ts';
import { tellAgain, untold } from '../notify/again.ts';
import { failedPictures } from '../scoring/selection.ts';
import { targetName } from '../settings/notifyTarget.ts';
import { readSettings, requireSettings } from '../settings/settings.ts';
import { openContainers } from '../storage/containers.ts';
import { toldOf } from '../storage/told.ts';
import { suggestion, UsageError } from './faults.ts';
import { type RunOptions, runOver } from './run.ts';
import { scoringParts, sendTo } from './scoringParts.ts';
import { plain } from './table.ts';

/** Scores failed pictures again. Resolves with the exit code. */
export async function retry(
  options: RunOptions & { code?: string; notifications?: boolean },
): Promise<number> {
  if (options.code && !Object.hasOwn(errorBook, options.code)) {
    throw new UsageError(
      `There is no error code ${options.code}.${suggestion(options.code, Object.keys(errorBook))}`,
      'See docs/errors.md for the codes.',
    );
  }
  if (options.notifications) return retryNotifications(options);
  const parts = await scoringParts();
  return runOver(
    parts,
    () => failedPictures(parts.containers, parts.models, options),
    { failedAgain: true },
    options,
  );
}

/** Makes those who were not told due now; the app tells them. It costs nothing, so nobody is asked. */
async function retryNotifications({
  code,
  prefix,
  dryRun,
  json,
}: RunOptions & { code?: string }): Promise<number> {
  const settings = requireSettings(readSettings());
  const own = createCredential(settings.identity);
  const credential = () => own;
  const { predictions } = await openContainers(settings, credential);
  const send = await sendTo(settings, credential);
  const names = new Map(settings.notify.map(({ key, to }) => [key, targetName(to)]));
  let count = 0;
  for await (const item of untold(predictions, { ...(code && { code }), ...(prefix && { prefix }) })) {
    const { name, mark, outbox } = item;
    count += dryRun ? outbox.length : await tellAgain(predictions, send, name, code);
    const told = toldOf(name, { ...mark, outbox }, names);
    if (json) console.log(JSON.stringify({ name, told }));
    else if (dryRun) {
      console.log(
        `${plain(name)}: ${told.map((each) => `${each.target} (${each.failed ?? each.waitsFor})`).join(', ')}`,
      );
    }
  }
  console.error(dryRun ? `${count} to tell.` : `${count} handed on; the app tells them.`);
  return 0;
}
