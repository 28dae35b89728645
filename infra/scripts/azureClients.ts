import { WebSiteManagementClient } from '@azure/arm-appservice';
import { EventGridManagementClient } from '@azure/arm-eventgrid';
import { cloudOf } from '../../src/cli/azure/cloud.ts';
import { operatorCredential } from '../../src/cli/azure/operator.ts';

/** Event Grid of a subscription, with the operator’s rights. */
export function eventGridClient(subscriptionId: string): EventGridManagementClient {
  const { armEndpoint, armScope } = cloudOf(process.env);
  return new EventGridManagementClient(operatorCredential(), subscriptionId, {
    endpoint: armEndpoint,
    $host: armEndpoint,
    credentialScopes: armScope,
  });
}

/** Function apps of a subscription, with the operator’s rights. */
export function webSitesClient(subscriptionId: string): WebSiteManagementClient {
  const { armEndpoint, armScope } = cloudOf(process.env);
  return new WebSiteManagementClient(operatorCredential(), subscriptionId, {
    endpoint: armEndpoint,
    credentials: { scopes: [armScope] },
  });
}
