import { type Model, readSettings, requireSettings, type Settings } from '../../settings/settings.ts';
import { suggestion, UsageError } from '../faults.ts';
import { requireBeginning } from '../noSettings.ts';

/** Any that is well formed: nothing here opens storage. */
const STORAGE_NOT_NEEDED = { ImageStorage: 'UseDevelopmentStorage=true' };

/** The settings that asking a model takes; those of storage may be missing. Throws SettingsInvalid. */
export function visionSettings(
  environment: NodeJS.ProcessEnv = process.env,
): Pick<Settings, 'models' | 'identity'> {
  requireBeginning(environment);
  const others = Object.entries(environment).filter(([name]) => !name.startsWith('ImageStorage'));
  const { models, identity } = requireSettings(
    readSettings({ ...Object.fromEntries(others), ...STORAGE_NOT_NEEDED }),
  );
  return { models, identity };
}

/** The model of that name; without a name the only one, or the one called `default`. Throws a UsageError. */
export function chosenModel(models: readonly Model[], name: string | undefined): Model {
  const names = models.map((each) => each.name);
  if (name === undefined) {
    const found =
      models.find((each) => each.name === 'default') ?? (models.length === 1 ? models[0] : undefined);
    if (found) return found;
    throw new UsageError(
      `There are several models: ${names.join(', ')}.`,
      `Name one of them: --model ${names[0]}`,
    );
  }
  const found = models.find((each) => each.name === name);
  if (found) return found;
  throw new UsageError(
    `There is no model ${JSON.stringify(name)}; there are: ${names.join(', ')}.${suggestion(name, names)}`,
    'Name one of them with --model.',
  );
}
