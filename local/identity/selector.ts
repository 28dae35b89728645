import type { Identity } from './identities.ts';

/** `object_id` is another name of `principal_id`:
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference */
const MEMBER: Record<string, keyof Identity> = {
  client_id: 'clientId',
  principal_id: 'objectId',
  object_id: 'objectId',
  mi_res_id: 'resourceId',
};

/** How a token request says which identity it means. */
export type Selector = {
  text: string;
  tooMany: boolean;
  choose(from: readonly Identity[]): Identity | undefined;
};

/** No selector means the system-assigned identity, even when the app has only a user-assigned one. */
export function readSelector(query: URLSearchParams): Selector {
  const given = Object.entries(MEMBER).flatMap(([parameter, member]) =>
    query.getAll(parameter).map((value) => ({ parameter, member, value })),
  );
  const [only] = given;
  return {
    text: given.map(({ parameter, value }) => `${parameter}=${value}`).join('&') || 'system-assigned',
    tooMany: given.length > 1,
    choose: (identities) =>
      only
        ? // Resource ids, like GUIDs, are equal whatever their case.
          identities.find((identity) => identity[only.member].toLowerCase() === only.value.toLowerCase())
        : identities.find((identity) => identity.type === 'system'),
  };
}
