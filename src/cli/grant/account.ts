import { AzureRefusal } from '../azure/refusals.ts';
import { findResource } from '../azure/resource.ts';
import { type ResourceId, topOf } from '../azure/resourceId.ts';
import type { RoleKind } from './roles.ts';

/** Checks that the account of a scope is there and is one that the role is of use on. */
export async function checkAccount(kind: RoleKind, scope: ResourceId): Promise<void> {
  const account = topOf(scope);
  const { resource } = await findResource(account);
  if (kind !== 'vision' || resource.kind !== 'CustomVision.Training') return;
  throw new AzureRefusal(
    `${account.name} is a Custom Vision training account; a prediction is checked at the prediction account.`,
    'az cognitiveservices account list --query "[?kind==\'CustomVision.Prediction\'].id" --output tsv tells yours.',
  );
}
