import { AzureRefusal, explained } from '../azure/refusals.ts';
import { findResource } from '../azure/resource.ts';
import type { ResourceId } from '../azure/resourceId.ts';
import { UsageError } from '../faults.ts';
import { afterAssign, type Selection } from './change.ts';
import { identityOf } from './identity.ts';
import { linesOf } from './show.ts';
import { tellSelection } from './tell.ts';

/** Adds identities to those a resource has. Resolves with the exit code. */
export async function assignIdentity(id: ResourceId, wanted: Selection): Promise<number> {
  if (!wanted.system && wanted.users.length === 0) {
    throw new UsageError(
      'No identity is named.',
      `keyless identity assign ${id.id} --system, or --user <identity resource id>, or both.`,
    );
  }
  return explained(async () => {
    const { resource, change } = await findResource(id);
    const { part, changed, unchanged } = afterAssign(identityOf(resource), wanted, id.type);
    tellSelection(unchanged, 'was assigned already');
    if (!part) {
      console.log('Nothing had to change.');
      return 0;
    }
    const after = identityOf(await change(part));
    const left = afterAssign(after, wanted, id.type);
    if (left.part) {
      throw new AzureRefusal(
        `${id.type} took the change, but the resource does not show it: its identity is ${after.type}.`,
        `keyless identity show ${id.id} in a minute; if it still is ${after.type}, this type has no such identity.`,
      );
    }
    tellSelection(changed, 'assigned');
    for (const line of linesOf(after)) console.log(line);
    return 0;
  });
}
