/** What an ARM path names. `names` is one shorter than `types` for a collection or an action. */
export type ArmPath = {
  path: string;
  subscriptionId?: string;
  resourceGroup?: string;
  /** Of the last `/providers/`; extension resources stand after another resource's. */
  namespace?: string;
  types: string[];
  names: string[];
  /** What comes before the last `/providers/`: '' is the tenant. */
  scope: string;
};

export function readArmPath(path: string): ArmPath {
  const segments = path.split('/').slice(1);
  const after = (word: string) => {
    const at = segments.findIndex((segment) => segment.toLowerCase() === word);
    return at >= 0 && at % 2 === 0 ? segments[at + 1] : undefined;
  };
  const provider = segments.findLastIndex(
    (segment, at) => segment.toLowerCase() === 'providers' && at % 2 === 0,
  );
  const tail = provider < 0 ? [] : segments.slice(provider + 2);
  const subscriptionId = after('subscriptions');
  const resourceGroup = after('resourcegroups');
  const namespace = provider < 0 ? undefined : segments[provider + 1];
  return {
    path,
    ...(subscriptionId ? { subscriptionId } : {}),
    ...(resourceGroup ? { resourceGroup } : {}),
    ...(namespace ? { namespace } : {}),
    types: tail.filter((_, at) => at % 2 === 0),
    names: tail.filter((_, at) => at % 2 === 1),
    scope: provider < 0 ? path : segments.slice(0, provider).reduce((all, one) => `${all}/${one}`, ''),
  };
}

export const typeName = ({ namespace = '', types }: ArmPath) => [namespace, ...types].join('/');

/** The name by which a role definition allows the request: https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format */
export function actionOf(method: string, at: ArmPath): string {
  const verb = VERBS[method] ?? 'read';
  if (at.namespace && at.types.length > 0) return `${typeName(at)}/${verb}`;
  const depth = at.path.split('/').length - 1;
  const within = at.namespace ? 'providers' : at.path.split('/')[depth % 2 === 0 ? depth - 1 : depth];
  const kind =
    at.subscriptionId && within && within !== 'subscriptions' ? `subscriptions/${within}` : 'subscriptions';
  return `Microsoft.Resources/${kind}/${verb}`;
}

const VERBS: Record<string, string> = { PUT: 'write', PATCH: 'write', DELETE: 'delete', POST: 'action' };
