import type { Client } from '@microsoft/microsoft-graph-client';
import { AzureRefusal } from '../azure/refusals.ts';
import { isGuid } from '../azure/resourceId.ts';
import { type Principal, principalById, principalsWhere, quoted } from '../azure/servicePrincipals.ts';
import { suggestion } from '../suggestion.ts';

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
  if (isGuid(text)) {
    const byAppId = await principalsWhere(client, `appId eq ${quoted(text)}`);
    if (byAppId.length > 0) return byAppId;
    const byId = await principalById(client, text);
    return byId ? [byId] : [];
  }
  if (text.includes(':')) {
    return principalsWhere(client, `servicePrincipalNames/any(name:name eq ${quoted(text)})`);
  }
  return principalsWhere(client, `displayName eq ${quoted(text)}`);
}

/** ` Did you mean x?` by what begins like it. */
async function near(client: Client, text: string): Promise<string> {
  if (isGuid(text) || text.includes(':')) return '';
  const alike = await principalsWhere(client, `startswith(displayName,${quoted(text.slice(0, 3))})`);
  const apis = alike.filter(({ servicePrincipalType }) => servicePrincipalType !== 'ManagedIdentity');
  return suggestion(
    text,
    apis.flatMap(({ displayName }) => displayName ?? []),
  );
}
