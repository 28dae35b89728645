import { askFirst } from '../ask.ts';
import { AzureRefusal, explained } from '../azure/refusals.ts';
import { findResource } from '../azure/resource.ts';
import type { ResourceId } from '../azure/resourceId.ts';
import { UsageError } from '../faults.ts';
import { afterAssign, afterRemove, type Selection, tellSelection } from './change.ts';
import { identityOf, linesOf, type ResourceIdentity } from './identity.ts';
import { findLosses, linesOfLosses } from './losses.ts';

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

export type RemoveOptions = Selection & { all: boolean; yes: boolean };

/** Takes identities off a resource; asks first where one is lost for good. Resolves with the exit code. */
export async function removeIdentity(id: ResourceId, options: RemoveOptions): Promise<number> {
  checkSelection(id, options);
  return explained(async () => {
    const { resource, change } = await findResource(id);
    const current = identityOf(resource);
    const unwanted = options.all ? everything(current) : options;
    const { part, changed, unchanged } = afterRemove(current, unwanted, id.type);
    tellSelection(unchanged, 'was not assigned');
    if (!part) {
      console.log('Nothing had to change.');
      return 0;
    }
    if (changed.system) {
      await tellLosses(current.systemAssigned?.principalId, id.subscriptionId);
      const question = 'Remove the system-assigned identity for good?';
      const ended = await askFirst({ question, otherwise: 'Nothing was changed.', yes: options.yes });
      if (ended) return ended;
    }
    const after = identityOf(await change(part));
    if (afterRemove(after, unwanted, id.type).part) {
      throw new AzureRefusal(
        `${id.type} took the change, but the resource does not show it: its identity is ${after.type}.`,
        `keyless identity show ${id.id} in a minute, and once more if it is not gone.`,
      );
    }
    tellSelection(changed, 'removed');
    if (changed.users.length > 0) {
      console.error('A user-assigned identity itself stays, with its roles: az identity delete ends it.');
    }
    for (const line of linesOf(after)) console.log(line);
    return 0;
  });
}

async function tellLosses(principalId: string | undefined, subscriptionId: string): Promise<void> {
  if (!principalId) return; // the directory does not have it yet: nobody can have given it anything
  for (const line of linesOfLosses(await findLosses(principalId, subscriptionId))) console.log(line);
}

const everything = ({ systemAssigned, userAssigned }: ResourceIdentity): Selection => ({
  system: systemAssigned !== undefined,
  users: userAssigned.map(({ id }) => id),
});

function checkSelection({ id }: ResourceId, { all, system, users }: RemoveOptions): void {
  const named = system || users.length > 0;
  if (all !== named) return;
  throw new UsageError(
    all ? '--all takes off every identity: name none beside it.' : 'No identity is named.',
    `keyless identity remove ${id} --system, or --user <identity resource id>, or --all.`,
  );
}
