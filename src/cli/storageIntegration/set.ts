import { KeylessError } from '../../errors/errors.ts';
import { AzureRefusal, explained } from '../azure/refusals.ts';
import { findResource } from '../azure/resource.ts';
import { type ResourceId, topOf } from '../azure/resourceId.ts';
import type { IntegrationOptions } from '../commands/storageIntegration.ts';
import { UsageError } from '../faults.ts';
import { grantRole } from '../grant/roleGrants.ts';
import { type AzureRole, roleFor } from '../grant/roles.ts';
import { assignIdentity } from '../identity/assignment.ts';
import { identityOf } from '../identity/identity.ts';
import { plain } from '../table.ts';
import { identityCredential } from '../token/source.ts';
import { trainingEndpoint } from '../training/endpoint.ts';
import {
  ARRIVES_AS,
  type Integration,
  integrate,
  integrationOf,
  linesOf,
  openProject,
} from './integration.ts';

/** Both as the service’s page names them: https://learn.microsoft.com/azure/ai-services/custom-vision-service/storage-integration */
const ROLES = {
  container: {
    ...roleFor('storage', 'Storage Blob Data Contributor'),
    why: 'The training account writes exports there with its own identity. The role is given at the container, not at the account of storage.',
  },
  queue: {
    ...roleFor('queue'),
    why: 'The training account puts a message there when a training or an export ends. The role is given at the queue.',
  },
} as const satisfies Record<string, AzureRole>;

/**
 * Has a project’s exports, and the notices of them, go into the user’s own storage, written with the training account’s own
 * identity, which is given to it and given the roles. Resolves with the exit code.
 */
export async function setIntegration(named: string, options: IntegrationOptions): Promise<number> {
  const { account, container, queue, endpoint, dryRun } = options;
  if (!container && !queue)
    throw new UsageError(
      'Name a container, a queue, or both.',
      '--container <resource id>, --queue <resource id>',
    );
  return explained(async () => {
    const { resource } = await findResource(account);
    if (resource.kind !== 'CustomVision.Training')
      throw new AzureRefusal(
        `${account.name} is a ${resource.kind ?? 'resource without a kind'}, not a Custom Vision training account.`,
        'az cognitiveservices account list --query "[?kind==\'CustomVision.Training\'].id" --output tsv tells yours.',
      );
    const address = trainingEndpoint(endpoint, propertyOf(resource.properties, 'endpoint'));
    const opened = await openProject(address, identityCredential().credential, named);
    const present = integrationOf(opened.project);
    const wanted: Integration = {
      container: container ? await addressOf(container, 'blob') : present.container,
      queue: queue ? await addressOf(queue, 'queue') : present.queue,
    };
    console.log(
      [`${plain(opened.project.name)}  ${opened.project.id}`, ...linesOf(wanted).map(plain)].join('\n'),
    );
    if (!identityOf(resource).systemAssigned) {
      if (dryRun)
        return tellDryRun(
          'The training account would be given a system-assigned identity, and it the roles.',
        );
      await assignIdentity(account, { system: true, users: [] });
    }
    const who = { app: account, ...(dryRun && { dryRun }) };
    if (container) await grantRole('storage', ROLES.container, { scope: container, ...who });
    if (queue) await grantRole('queue', ROLES.queue, { scope: queue, ...who });
    if (dryRun) return tellDryRun('The project would be changed like that.');
    if (wanted.container === present.container && wanted.queue === present.queue) {
      console.log('The project had it so already.');
      return 0;
    }
    await integrate(opened, wanted).catch((error: unknown) => {
      throw perhapsTooSoon(error);
    });
    console.log('Set.');
    if (container)
      console.error(
        `From now on an export arrives as '${ARRIVES_AS(opened.project.id)}'; where MODELS_CONTAINER is that container, VISION_MODELS takes that name as export.`,
      );
    return 0;
  });
}

function tellDryRun(what: string): number {
  console.log(what);
  console.error('Nothing was changed.');
  return 0;
}

/** The service tries the connection before it says yes. */
function perhapsTooSoon(error: unknown): unknown {
  if (!(error instanceof KeylessError) || error.code !== 'VisionConfigurationRefused') return error;
  return new AzureRefusal(
    error.message,
    'A new role takes up to ten minutes to be seen: then the same command again. If it stays, the storage account’s firewall has to admit trusted services (az storage account update --bypass AzureServices).',
    { cause: error },
  );
}

/** Of a container or queue, which has to be there, by the address of its account. */
async function addressOf(id: ResourceId, service: 'blob' | 'queue'): Promise<string> {
  await findResource(id);
  const { resource } = await findResource(topOf(id));
  const endpoints = (resource.properties as { primaryEndpoints?: unknown } | undefined)?.primaryEndpoints;
  const origin = propertyOf(endpoints, service);
  if (!origin)
    throw new AzureRefusal(
      `${topOf(id).name} tells no address of its ${service}s.`,
      `It has to be of a kind that has ${service}s: az storage account show --ids ${topOf(id).id} --query kind`,
    );
  return new URL(id.name, origin.endsWith('/') ? origin : `${origin}/`).href;
}

function propertyOf(properties: unknown, name: string): string | undefined {
  const value = (properties as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : undefined;
}
