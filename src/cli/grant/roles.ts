import { EXAMPLE_GROUP, type ResourceId, resourceId, sameText, topOf } from '../azure/resourceId.ts';
import { suggestion, UsageError } from '../faults.ts';

/** Ids: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export type AzureRole = { name: string; id: string; why: string };

export type RoleKind = 'vision' | 'storage' | 'queue' | 'topic' | 'mail';

export type RoleTarget = {
  /** Types whose ids, and those below them, are taken as a scope. */
  types: readonly string[];
  example: string;
  /** The default first. */
  roles: readonly [AzureRole, ...AzureRole[]];
};

/** Which roles: https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#grant-permission-to-the-identity */
export const ROLE_TARGETS: Record<RoleKind, RoleTarget> = {
  vision: {
    types: ['Microsoft.CognitiveServices/accounts'],
    example: 'Microsoft.CognitiveServices/accounts/<prediction account>',
    roles: [
      {
        name: 'Cognitive Services User',
        id: 'a97b65f3-24c7-4388-baec-2e87135dc908',
        why: 'It holds the data action that predicts. Owner and Contributor hold none, the Custom Vision Reader and Labeler not this one, and the other Custom Vision roles name one of two namespaces that a prediction account may check. It could also list the keys: forbid them with disableLocalAuth.',
      },
    ],
  },
  storage: {
    types: ['Microsoft.Storage/storageAccounts'],
    example: 'Microsoft.Storage/storageAccounts/<account>',
    roles: [
      {
        name: 'Storage Blob Data Owner',
        id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
        why: 'It is the role that the blob trigger is documented to need, with Storage Queue Data Contributor beside it. It reaches the blobs and who may read them, and nothing else of the account.',
      },
      {
        name: 'Storage Blob Data Contributor',
        id: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
        why: 'It reads and writes blobs and may not change who may; the blob trigger is documented to need Owner.',
      },
      {
        name: 'Storage Blob Data Reader',
        id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
        why: 'It reads blobs and nothing else; the blob trigger is documented to need Owner.',
      },
    ],
  },
  queue: {
    types: ['Microsoft.Storage/storageAccounts'],
    example: 'Microsoft.Storage/storageAccounts/<account>',
    roles: [
      {
        name: 'Storage Queue Data Contributor',
        id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
        why: 'The blob trigger puts what it gives up on into a queue, and the app reads it from there. A reader or message processor could not create the queue.',
      },
    ],
  },
  topic: {
    types: ['Microsoft.EventGrid/topics'],
    example: 'Microsoft.EventGrid/topics/<topic>',
    roles: [
      {
        name: 'EventGrid Data Sender',
        id: 'd5a91429-5739-47e2-a06b-3470a27159e7',
        why: 'It publishes events and does nothing else; it cannot list the topic’s keys, as Contributor can.',
      },
    ],
  },
  mail: {
    types: ['Microsoft.Communication/communicationServices', 'Microsoft.Communication/emailServices'],
    example: 'Microsoft.Communication/communicationServices/<service>',
    roles: [
      {
        name: 'Communication and Email Service Owner',
        id: '09976791-48a7-449e-bb21-39d1a415f350',
        why: 'Sending mail is checked against management actions, and this role holds those of Communication Services alone; it is the narrowest built-in one.',
      },
    ],
  },
};

/** The resource that a role of this kind is for, or one below it. Throws UsageError for any other, and for what is wider. */
export function scopeFor(kind: RoleKind, text: string): ResourceId {
  const { types, example } = ROLE_TARGETS[kind];
  const like = `${EXAMPLE_GROUP}/${example}`;
  if (/^\/subscriptions\/[^/]+(\/resourceGroups\/[^/]+)?\/?$/iu.test(text)) {
    throw new UsageError(
      `'${text}' is wider than the role has to reach.`,
      `Name the resource itself: ${like}`,
    );
  }
  const scope = resourceId(text);
  if (types.some((type) => sameText(topOf(scope).type, type))) return scope;
  throw new UsageError(
    `'${text}' is a ${scope.type}; ${kind} takes a ${types.join(' or ')}.`,
    `Such an id looks like ${like}`,
  );
}

/** By name, the kind's own by default. Throws UsageError for a role that is not one of the kind's. */
export function roleFor(kind: RoleKind, name?: string): AzureRole {
  const { roles } = ROLE_TARGETS[kind];
  if (name === undefined) return roles[0];
  const found = roles.find((role) => sameText(role.name, name));
  if (found) return found;
  const names = roles.map((role) => role.name);
  throw new UsageError(
    `'${name}' is no role that ${kind} takes.${suggestion(name, names)}`,
    `One of: ${names.join(', ')}.`,
  );
}
