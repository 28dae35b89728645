import type { DeployedApp } from './deployedApp.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the settings apply, which decides how one is changed. */
export type Place = {
  /** In Azure: a command with --app, or a run inside the app. Else this machine. */
  azure: boolean;
  flex: boolean;
  app: { name: string; resourceGroup: string } | undefined;
};

/** The platform’s own variables: https://learn.microsoft.com/azure/app-service/reference-app-settings */
export function placeOf(environment: Environment, deployed: DeployedApp | undefined): Place {
  const name = deployed?.name ?? environment.WEBSITE_SITE_NAME;
  const resourceGroup = deployed?.resourceGroup ?? environment.WEBSITE_RESOURCE_GROUP ?? '<group>';
  return {
    azure: name !== undefined,
    flex: deployed?.flex ?? environment.WEBSITE_SKU === 'FlexConsumption',
    app: name === undefined ? undefined : { name, resourceGroup },
  };
}

/** A value as a shell takes it: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02 */
export const shellWord = (value: string): string =>
  /^[\w.,:/@%+=-]+$/u.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;

/**
 * Sets settings: of an app in Azure by az, on this machine in local.settings.json by Core Tools
 * (https://learn.microsoft.com/azure/azure-functions/functions-core-tools-reference#func-settings-add).
 */
export function setCommand({ app }: Place, values: Readonly<Record<string, string>>): string {
  const entries = Object.entries(values);
  if (app) {
    const settings = entries.map(([name, value]) => shellWord(`${name}=${value}`)).join(' ');
    return `az functionapp config appsettings set --name ${app.name} --resource-group ${app.resourceGroup} --settings ${settings}`;
  }
  return entries.map(([name, value]) => `func settings add ${name} ${shellWord(value)}`).join(' && ');
}

export function removeCommand({ app }: Place, names: readonly string[]): string {
  return app
    ? `az functionapp config appsettings delete --name ${app.name} --resource-group ${app.resourceGroup} --setting-names ${names.join(' ')}`
    : names.map((name) => `func settings delete ${name}`).join(' && ');
}

export const inTurn = (...commands: (string | undefined)[]): string => commands.filter(Boolean).join(' && ');
