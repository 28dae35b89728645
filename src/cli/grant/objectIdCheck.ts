import { graphClient } from '../azure/graph.ts';
import { refusalOf } from '../azure/refusals.ts';
import { principalById, principalsWhere, quoted } from '../azure/servicePrincipals.ts';
import { UsageError } from '../faults.ts';

/**
 * Refuses a client id, which is easily taken for the object id, and a role for which would help nobody. Where the
 * directory may not be read, or does not know a new principal yet, it only says so.
 */
export async function checkObjectId(objectId: string): Promise<void> {
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
    return await principalsWhere(client, `appId eq ${quoted(objectId)}`);
  } catch (error) {
    console.error(`Not checked whether ${objectId} is an object id: ${(refusalOf(error) as Error).message}`);
    return undefined;
  }
}
