/** The app's settings, which are the environment of its process. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** Replaces each %NAME% by that setting. @throws when a setting is missing or empty */
export function resolveSettings(text: string, settings: Settings, where: string): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (!value) throw new Error(`${where}: "${text}" needs the setting ${name}, which is missing or empty.`);
    return value;
  });
}
