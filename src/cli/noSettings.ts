import { KeylessError } from '../errors/errors.ts';
import { isUnset } from '../settings/settings.ts';

const COPY = 'cp local.settings.sample.json local.settings.json';
const THEN =
  'and put in the prediction URL of your model. Without Azure: npm run local, which prints a line that runs commands.';

/** How to begin, where nothing is set: one thing, in place of all that is missing. */
export const NO_SETTINGS = {
  finding: 'There are no settings yet, neither in local.settings.json nor in the environment.',
  fix: `Copy the sample, ${THEN}`,
  command: COPY,
} as const;

/** Throws SettingsInvalid where nobody has set anything. */
export function requireBeginning(environment: NodeJS.ProcessEnv = process.env): void {
  if (!isUnset(environment)) return;
  throw new KeylessError('SettingsInvalid', NO_SETTINGS.finding, { fix: `${COPY}, ${THEN}` });
}
