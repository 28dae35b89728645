import type { TokenCredential } from '@azure/identity';
import { createCredential } from '../../identity/credential.ts';
import { UsageError } from '../faults.ts';

/** Endpoints without a slash at the end; scopes end in `/.default`. */
export type Cloud = { armEndpoint: string; armScope: string; graphEndpoint: string; graphScope: string };

/** Azure Resource Manager and Microsoft Graph of the public and the sovereign clouds: https://learn.microsoft.com/graph/deployments */
const GRAPH_OF: Record<string, string> = {
  'https://management.azure.com': 'https://graph.microsoft.com',
  'https://management.usgovcloudapi.net': 'https://graph.microsoft.us',
  'https://management.chinacloudapi.cn': 'https://microsoftgraph.chinacloudapi.cn',
};
const GRAPHS = [...Object.values(GRAPH_OF), 'https://dod-graph.microsoft.us'];
const PUBLIC = 'https://management.azure.com';

/**
 * Where Azure is: AZURE_ARM_ENDPOINT (default the public cloud) and AZURE_GRAPH_ENDPOINT (default that cloud's own).
 * Tokens are asked for the cloud's own audience; an endpoint that is no known one gets the public cloud's.
 * Throws UsageError for what is no https address.
 */
export function cloudOf(environment: NodeJS.ProcessEnv): Cloud {
  const armEndpoint = endpoint(environment, 'AZURE_ARM_ENDPOINT', PUBLIC);
  const armAudience = Object.hasOwn(GRAPH_OF, armEndpoint) ? armEndpoint : PUBLIC;
  const graphDefault = GRAPH_OF[armAudience] as string;
  const graphEndpoint = endpoint(environment, 'AZURE_GRAPH_ENDPOINT', graphDefault);
  const graphAudience = GRAPHS.includes(graphEndpoint) ? graphEndpoint : graphDefault;
  return {
    armEndpoint,
    armScope: `${armAudience}/.default`,
    graphEndpoint,
    graphScope: `${graphAudience}/.default`,
  };
}

function endpoint(environment: NodeJS.ProcessEnv, name: string, fallback: string): string {
  const text = environment[name]?.trim();
  if (!text) return fallback;
  const url = URL.parse(text);
  // The operator's token goes there: over TLS or not at all.
  if (url?.protocol === 'https:' && url.pathname === '/' && !url.search && !url.username) return url.origin;
  throw new UsageError(
    `${name} must be an https address without a path.`,
    `Unset it for the public cloud, or set it to one such as ${fallback}.`,
  );
}

const credentials = new Map<string, TokenCredential>();

/** The sign-in of who types the command (az, azd, …), with its token cache; one for each cloud. */
export function operatorCredential(): TokenCredential {
  const { armEndpoint } = cloudOf(process.env);
  const credential = credentials.get(armEndpoint) ?? createCredential({ kind: 'developer' });
  credentials.set(armEndpoint, credential);
  return credential;
}
