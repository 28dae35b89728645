import type { Client } from '@microsoft/microsoft-graph-client';
import type { AppRole } from '@microsoft/microsoft-graph-types';
import { isUuid } from '../../settings/predictionUrl.ts';
import { odataText, type Principal, principalById, principalsWhere } from '../azure/graph.ts';
import { AzureRefusal } from '../azure/refusals.ts';
import { suggestion } from '../faults.ts';

/** The service principal of an API by client id, object id, App ID URI or display name. Throws AzureRefusal for none and for several. */
export async function findApi(client: Client, named: string): Promise<Principal> {
  const text = named.trim().replace(/\/\.default$/u, '');
  const found = await candidates(client, text);
  const [api, ...others] = found;
  if (!api) {
    throw new AzureRefusal(
      `The directory has no service principal of an API '${text}'.${await near(client, text)}`,
      'az ad sp list --display-name <name> finds it; an app registration gets its own by az ad sp create --id <client id>.',
    );
  }
  if (others.length === 0) return api;
  const list = found.map(
    ({ displayName, appId, id }) => `  ${displayName}: client id ${appId}, object id ${id}`,
  );
  throw new AzureRefusal(
    `'${text}' is the name of ${found.length} APIs:\n${list.join('\n')}`,
    `--api with the client id of the one that is meant.`,
  );
}

async function candidates(client: Client, text: string): Promise<Principal[]> {
  if (isUuid(text)) {
    const byAppId = await principalsWhere(client, `appId eq ${odataText(text)}`);
    if (byAppId.length > 0) return byAppId;
    const byId = await principalById(client, text);
    return byId ? [byId] : [];
  }
  if (text.includes(':')) {
    return principalsWhere(client, `servicePrincipalNames/any(name:name eq ${odataText(text)})`);
  }
  return principalsWhere(client, `displayName eq ${odataText(text)}`);
}

/** ` Did you mean x?` by what begins like it. */
async function near(client: Client, text: string): Promise<string> {
  if (isUuid(text) || text.includes(':')) return '';
  const alike = await principalsWhere(client, `startswith(displayName,${odataText(text.slice(0, 3))})`);
  const apis = alike.filter(({ servicePrincipalType }) => servicePrincipalType !== 'ManagedIdentity');
  return suggestion(
    text,
    apis.flatMap(({ displayName }) => displayName ?? []),
  );
}

/** The app role of this value, where applications may have it. Throws AzureRefusal that lists those they may. */
export function appRoleNamed({ displayName, appRoles }: Principal, value: string): AppRole & { id: string } {
  const all = appRoles ?? [];
  const found = all.filter((role) => role.value === value);
  const good = found.find(isForApplications);
  if (good?.id) return { ...good, id: good.id };
  const values = all
    .filter(isForApplications)
    .flatMap((role) => role.value ?? [])
    .sort();
  const why = found.some((role) => !role.isEnabled)
    ? `The app role ${value} of ${displayName} is disabled.`
    : found.length > 0
      ? `The app role ${value} of ${displayName} is for users only, not for applications.`
      : `${displayName} has no app role ${value}.${suggestion(value, values)}`;
  throw new AzureRefusal(
    why,
    values.length > 0
      ? `One of: ${values.join(', ')}.`
      : 'It has none for applications: add one to its app registration, with allowedMemberTypes Application.',
  );
}

/** A managed identity is an application. */
const isForApplications = ({ isEnabled, allowedMemberTypes }: AppRole): boolean =>
  isEnabled === true && (allowedMemberTypes ?? []).includes('Application');
