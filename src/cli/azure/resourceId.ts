import { isUuid } from '../../settings/predictionUrl.ts';
import { UsageError } from '../faults.ts';

/** An Azure Resource Manager id and its parts; `type` is the full one, such as Microsoft.Web/sites/slots. */
export type ResourceId = {
  id: string;
  subscriptionId: string;
  resourceGroup: string;
  namespace: string;
  type: string;
  name: string;
};

export const EXAMPLE_GROUP =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/<group>/providers';
/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
const GROUP = /^[-\w.()\p{L}\p{N}]{0,89}[-\w()\p{L}\p{N}]$/u;
const NAMESPACE = /^[a-z][a-z\d]*(\.[a-z][a-z\d]*)+$/iu;
const TYPE = /^[a-z][a-z\d]*$/iu;
/** No resource's name holds what would end or leave a path. */
const NAME = /^(?!\.{1,2}$)[^\s/\\%?#<>&\p{Cc}]([^/\\%?#<>&\p{Cc}]{0,258}[^\s/\\%?#<>&\p{Cc}])?$/u;

/** Undefined for what is no id of a resource in a resource group. */
export function parseResourceId(text: string): ResourceId | undefined {
  const [empty, subscriptions, subscriptionId, groups, resourceGroup, providers, namespace, ...path] = text
    .replace(/\/$/u, '')
    .split('/');
  const fixed = [empty, subscriptions, groups, providers].join('/').toLowerCase();
  if (fixed !== '/subscriptions/resourcegroups/providers') return undefined;
  if (!subscriptionId || !resourceGroup || !namespace) return undefined;
  if (!isUuid(subscriptionId) || !GROUP.test(resourceGroup) || !NAMESPACE.test(namespace)) return undefined;
  const types = path.filter((_, index) => index % 2 === 0);
  const names = path.filter((_, index) => index % 2 === 1);
  if (types.length === 0 || types.length !== names.length) return undefined;
  if (!types.every((type) => TYPE.test(type)) || !names.every((name) => NAME.test(name))) return undefined;
  return {
    id: text.replace(/\/$/u, ''),
    subscriptionId,
    resourceGroup,
    namespace,
    type: [namespace, ...types].join('/'),
    name: names.at(-1) ?? '',
  };
}

/** Throws UsageError that shows what an id looks like. */
export function resourceId(text: string): ResourceId {
  const parsed = parseResourceId(text.trim());
  if (parsed) return parsed;
  const like = `An id looks like ${EXAMPLE_GROUP}/Microsoft.Web/sites/<app>`;
  if (/^.+\/subscriptions\//iu.test(text)) {
    throw new UsageError(
      `'${text}' is no resource id: it has something before /subscriptions/.`,
      `${like}. Git Bash on Windows puts a folder there: set MSYS_NO_PATHCONV=1 first.`,
    );
  }
  throw new UsageError(
    `'${text}' is no resource id.`,
    `${like}; az resource list --query "[].id" --output tsv tells yours.`,
  );
}

/** Throws UsageError unless it is the id of a user-assigned identity. */
export function userIdentityId(text: string): ResourceId {
  const parsed = resourceId(text);
  if (sameText(parsed.type, 'Microsoft.ManagedIdentity/userAssignedIdentities')) return parsed;
  throw new UsageError(
    `'${text}' is a ${parsed.type}, not a user-assigned identity.`,
    `One looks like ${EXAMPLE_GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/<name>; az identity list --query "[].id" --output tsv tells yours.`,
  );
}

/** The resource at the top of a nested one: the account of a container. */
export function topOf(nested: ResourceId): ResourceId {
  return parseResourceId(nested.id.split('/').slice(0, 9).join('/')) ?? nested;
}

/** Throws UsageError unless it is a GUID, as object ids are. */
export function objectId(text: string): string {
  if (isUuid(text)) return text.toLowerCase();
  throw new UsageError(
    `'${text}' is no object id: that is a GUID such as 00000000-0000-0000-0000-000000001234.`,
    'keyless identity show <resource id> tells the principal ids of a resource, which are object ids.',
  );
}

/** Azure compares ids, types and names without regard to case. */
export const sameText = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Whether an assignment at `scope` reaches a resource: at it, or above it, where every management group told of is. */
export const reaches = (scope: string, resourceId: string): boolean =>
  /^\/providers\/Microsoft\.Management\/managementGroups\//iu.test(scope) ||
  `${resourceId}/`.toLowerCase().startsWith(`${scope.replace(/\/$/u, '')}/`.toLowerCase());

/** For the SDKs, which put a slash of their own before an id. */
export const withoutSlash = (id: string): string => id.replace(/^\//u, '');
