import { isService } from '../../../settings/models.ts';
import { describe } from '../../../settings/problem.ts';
import { isUnset } from '../../../settings/settings.ts';
import { NO_SETTINGS } from '../../noSettings.ts';
import { type Check, fault, ok, warning } from '../check.ts';
import type { Context } from '../context.ts';
import { inTurn } from '../place.ts';
import { commandFor } from '../settingFix.ts';

/** All that the app itself would refuse to start its work with. */
export function settingsCheck({ loaded, get, place, environment }: Context): Check {
  return {
    id: 'settings',
    group: 'Settings',
    title: 'The app’s settings',
    run() {
      const { problems, notices, settings } = loaded;
      if (!place.azure && isUnset(environment)) {
        const { finding, ...remedy } = NO_SETTINGS;
        return fault(finding, remedy);
      }
      const [first, ...others] = problems;
      if (first) {
        const more = others.length > 0 ? ` And ${others.length} more.` : '';
        return fault(`${describe(first)}.${more}`, {
          details: others.map(describe),
          fix: others.length > 0 ? 'Set each of them:' : 'Set it right:',
          command: inTurn(...new Set(problems.map((problem) => commandFor(problem, get, place)))),
        });
      }
      const models = settings?.models ?? [];
      const details = models.map(
        (model) =>
          `${model.name}: ${model.task} with ${isService(model) ? `${model.publishedName} at ${model.endpoint}` : `the export ${model.export}`}`,
      );
      if (notices.length > 0) {
        return warning(`${notices.join('. ')}.`, {
          details,
          fix: 'Leave it if that is meant; else give the models other paths in VISION_MODELS.',
        });
      }
      return ok(`Complete: ${models.length === 1 ? 'one model' : `${models.length} models`}.`, details);
    },
  };
}
