import type { WebSiteManagementClient } from '@azure/arm-appservice';
import type { AuthorizationManagementClient } from '@azure/arm-authorization';
import type { EventGridManagementClient } from '@azure/arm-eventgrid';
import type { ResourceManagementClient } from '@azure/arm-resources';
import { cloudOf, operatorCredential } from './cloud.ts';
import { wayToArm } from './way.ts';

/** Resources and resource providers of a subscription, with the operator's rights. */
export async function resourcesClient(subscriptionId: string): Promise<ResourceManagementClient> {
  const { ResourceManagementClient } = await import('@azure/arm-resources');
  const { armEndpoint, armScope } = cloudOf(process.env);
  return new ResourceManagementClient(operatorCredential(), subscriptionId, {
    endpoint: armEndpoint,
    credentials: { scopes: [armScope] },
    ...wayToArm(armEndpoint),
  });
}

/** Role assignments and role definitions of a subscription, with the operator's rights. */
export async function authorizationClient(subscriptionId: string): Promise<AuthorizationManagementClient> {
  const { AuthorizationManagementClient } = await import('@azure/arm-authorization');
  const { armEndpoint, armScope } = cloudOf(process.env);
  return new AuthorizationManagementClient(operatorCredential(), subscriptionId, {
    endpoint: armEndpoint,
    $host: armEndpoint,
    credentialScopes: armScope,
    ...wayToArm(armEndpoint),
  });
}

/** Function apps of a subscription, with the operator's rights. */
export async function webSitesClient(subscriptionId: string): Promise<WebSiteManagementClient> {
  const { WebSiteManagementClient } = await import('@azure/arm-appservice');
  const { armEndpoint, armScope } = cloudOf(process.env);
  return new WebSiteManagementClient(operatorCredential(), subscriptionId, {
    endpoint: armEndpoint,
    credentials: { scopes: [armScope] },
    ...wayToArm(armEndpoint),
  });
}

/** Event Grid of a subscription, with the operator's rights. */
export async function eventGridClient(subscriptionId: string): Promise<EventGridManagementClient> {
  const { EventGridManagementClient } = await import('@azure/arm-eventgrid');
  const { armEndpoint, armScope } = cloudOf(process.env);
  return new EventGridManagementClient(operatorCredential(), subscriptionId, {
    endpoint: armEndpoint,
    $host: armEndpoint,
    credentialScopes: armScope,
    ...wayToArm(armEndpoint),
  });
}
