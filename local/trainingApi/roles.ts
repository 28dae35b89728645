import type { AzureRole } from '../identity/assignments.ts';

/** Roles that may do all that is here:
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/ai-machine-learning */
const CHANGING: readonly AzureRole[] = [
  'Cognitive Services User',
  'Cognitive Services Custom Vision Contributor',
  'Cognitive Services Custom Vision Trainer',
];
const EXPORTING: readonly AzureRole[] = [...CHANGING, 'Cognitive Services Custom Vision Deployment'];
/** The Reader is one here, though it may not predict. */
const READING: readonly AzureRole[] = [
  ...EXPORTING,
  'Cognitive Services Data Reader',
  'Cognitive Services Custom Vision Labeler',
  'Cognitive Services Custom Vision Reader',
];

/** Whose holders may call this. */
export function rolesFor(method: string, path: string): readonly AzureRole[] {
  if (method === 'GET') return READING;
  return /\/export\/?$/iu.test(path) ? EXPORTING : CHANGING;
}
