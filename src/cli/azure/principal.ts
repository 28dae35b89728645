import { UsageError } from '../faults.ts';
import { identityOf, userAssignedNamed } from '../identity/identity.ts';
import { graphClient, odataText, principalById, principalsWhere } from './graph.ts';
import { AzureRefusal, refusalOf } from './refusals.ts';
import { findResource } from './resource.ts';
import type { ResourceId } from './resourceId.ts';

/** Who is meant: an object id, or an identity of a resource (the system-assigned one unless a user-assigned one is named). */
export type PrincipalChoice = { principal?: string; app?: ResourceId; user?: ResourceId };
export type ChosenPrincipal = { objectId: string; described: string };

/** Throws UsageError unless exactly one is named. */
export function checkChoice({ principal, app, user }: PrincipalChoice): void {
  if ((principal === undefined) === (app === undefined)) {
    throw new UsageError(
      'Whose role is it? Name one of --principal and --app.',
      '--principal <object id>, or --app <resource id> for its system-assigned identity.',
    );
  }
  if (user && !app) {
    throw new UsageError(
      '--user goes with --app: the resource that has the identity.',
      'Add --app <resource id>.',
    );
  }
}

/** The object id; that of an app is read from the resource. Throws UsageError for a client id, AzureRefusal. */
export async function choosePrincipal({ principal, app, user }: PrincipalChoice): Promise<ChosenPrincipal> {
  if (!app) {
    if (principal) await checkObjectId(principal);
    return { objectId: principal ?? '', described: `principal ${principal}` };
  }
  const identity = identityOf((await findResource(app)).resource);
  const found = user ? userAssignedNamed(identity, user.id) : identity.systemAssigned;
  const which = user ? `the identity ${user.name}` : 'a system-assigned identity';
  if (found?.principalId) {
    const described = user
      ? `identity ${user.name} of ${app.name}`
      : `system-assigned identity of ${app.name}`;
    return { objectId: found.principalId, described: `${described}, principal ${found.principalId}` };
  }
  if (found) {
    throw new AzureRefusal(
      `${app.name} has ${which}, but Azure does not tell its principal yet.`,
      'Wait a minute, then the same command again.',
    );
  }
  const others = identity.userAssigned.map(({ id }) => `--user ${id}`);
  throw new AzureRefusal(
    `${app.name} does not have ${which}; its identity is ${identity.type}.`,
    [`keyless identity assign ${app.id} ${user ? `--user ${user.id}` : '--system'}`, ...others].join(', or '),
  );
}

/**
 * Refuses a client id, which is easily taken for the object id, and a role for which would help nobody. Where the
 * directory may not be read, or does not know a new principal yet, it only says so.
 */
async function checkObjectId(objectId: string): Promise<void> {
  const named = await principalsOf(objectId);
  if (named === undefined) return;
  const [meant] = named;
  if (!meant) {
    console.error(`The directory has no service principal ${objectId} (yet).`);
    return;
  }
  throw new UsageError(
    `${objectId} is the client id of ${meant.displayName}, not its object id.`,
    `--principal ${meant.id}`,
  );
}

/** Those with this client id; undefined where the id is an object id or nobody can tell. */
async function principalsOf(objectId: string) {
  try {
    const client = await graphClient();
    if (await principalById(client, objectId)) return undefined;
    return await principalsWhere(client, `appId eq ${odataText(objectId)}`);
  } catch (error) {
    console.error(`Not checked whether ${objectId} is an object id: ${(refusalOf(error) as Error).message}`);
    return undefined;
  }
}
