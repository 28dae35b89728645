import { readSettings, requireSettings, type Settings } from '../../settings/settings.ts';

/** Any that is well formed: nothing here opens storage. */
const STORAGE_NOT_NEEDED = { ImageStorage: 'UseDevelopmentStorage=true' };

/** The settings that asking a model takes; those of storage may be missing. Throws SettingsInvalid. */
export function visionSettings(
  environment: NodeJS.ProcessEnv = process.env,
): Pick<Settings, 'models' | 'identity'> {
  const others = Object.entries(environment).filter(([name]) => !name.startsWith('ImageStorage'));
  const { models, identity } = requireSettings(
    readSettings({ ...Object.fromEntries(others), ...STORAGE_NOT_NEEDED }),
  );
  return { models, identity };
}
