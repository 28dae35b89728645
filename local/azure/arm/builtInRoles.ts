/** What a built-in role allows, as far as the app has to do with it. */
export type BuiltInRole = {
  id: string;
  name: string;
  actions: readonly string[];
  dataActions: readonly string[];
  notActions?: readonly string[];
  notDataActions?: readonly string[];
};

const READ_COGNITIVE = ['Microsoft.CognitiveServices/*/read'];
const VISION = 'Microsoft.CognitiveServices/accounts/CustomVision';
const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers';
const QUEUES = 'Microsoft.Storage/storageAccounts/queueServices/queues';
const TABLES = 'Microsoft.Storage/storageAccounts/tableServices/tables';
const KEY_OF_BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action';
const NO_PROJECT_EXPORT = [`${VISION}/projects/export/read`];

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const BUILT_IN_ROLES: readonly BuiltInRole[] = [
  role('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', ['*'], []),
  {
    ...role('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', ['*'], []),
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
    ],
  },
  role('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', ['*/read'], []),
  role(
    '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
    'User Access Administrator',
    ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
    [],
  ),
  role(
    'a97b65f3-24c7-4388-baec-2e87135dc908',
    'Cognitive Services User',
    [...READ_COGNITIVE, 'Microsoft.CognitiveServices/accounts/listkeys/action'],
    ['Microsoft.CognitiveServices/*'],
  ),
  role(
    '25fbc0a9-bd7c-42a3-aa1a-3b75d497ee68',
    'Cognitive Services Contributor',
    ['Microsoft.CognitiveServices/*', 'Microsoft.Resources/deployments/*'],
    [],
  ),
  role(
    'b59867f0-fa02-499b-be73-45a86b5b3e1c',
    'Cognitive Services Data Reader',
    [],
    ['Microsoft.CognitiveServices/*/read'],
  ),
  role(
    'c1ff6cc2-c111-46fe-8896-e0ef812ad9f3',
    'Cognitive Services Custom Vision Contributor',
    READ_COGNITIVE,
    [`${VISION}/*`],
  ),
  {
    ...role(
      '5c4089e1-6d96-4d2f-b296-c1bc7137275f',
      'Cognitive Services Custom Vision Deployment',
      READ_COGNITIVE,
      [
        `${VISION}/*/read`,
        `${VISION}/projects/predictions/*`,
        `${VISION}/projects/iterations/publish/*`,
        `${VISION}/projects/iterations/export/*`,
        `${VISION}/projects/quicktest/*`,
        `${VISION}/classify/*`,
        `${VISION}/detect/*`,
      ],
    ),
    notDataActions: NO_PROJECT_EXPORT,
  },
  {
    ...role(
      '0a5ae4ab-0d65-4eeb-be61-29fc9b54394b',
      'Cognitive Services Custom Vision Trainer',
      READ_COGNITIVE,
      [`${VISION}/*`],
    ),
    notDataActions: [
      `${VISION}/projects/action`,
      `${VISION}/projects/delete`,
      `${VISION}/projects/import/action`,
      ...NO_PROJECT_EXPORT,
    ],
  },
  {
    ...role(
      '88424f51-ebe7-446f-bc41-7fa16989e96c',
      'Cognitive Services Custom Vision Labeler',
      READ_COGNITIVE,
      [
        `${VISION}/*/read`,
        `${VISION}/projects/predictions/query/action`,
        `${VISION}/projects/images/*`,
        `${VISION}/projects/tags/*`,
        `${VISION}/projects/images/suggested/*`,
        `${VISION}/projects/tagsandregions/suggestions/action`,
      ],
    ),
    notDataActions: NO_PROJECT_EXPORT,
  },
  {
    ...role(
      '93586559-c37d-4a6b-ba08-b9f0940c2d73',
      'Cognitive Services Custom Vision Reader',
      READ_COGNITIVE,
      [`${VISION}/*/read`, `${VISION}/projects/predictions/query/action`],
    ),
    notDataActions: NO_PROJECT_EXPORT,
  },
  role(
    'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    'Storage Blob Data Owner',
    [`${BLOBS}/*`, KEY_OF_BLOBS],
    [`${BLOBS}/blobs/*`],
  ),
  role(
    'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    'Storage Blob Data Contributor',
    [`${BLOBS}/delete`, `${BLOBS}/read`, `${BLOBS}/write`, KEY_OF_BLOBS],
    ['delete', 'read', 'write', 'move/action', 'add/action'].map((verb) => `${BLOBS}/blobs/${verb}`),
  ),
  role(
    '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    'Storage Blob Data Reader',
    [`${BLOBS}/read`, KEY_OF_BLOBS],
    [`${BLOBS}/blobs/read`],
  ),
  role(
    '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
    'Storage Queue Data Contributor',
    [`${QUEUES}/delete`, `${QUEUES}/read`, `${QUEUES}/write`],
    ['delete', 'read', 'write', 'process/action'].map((verb) => `${QUEUES}/messages/${verb}`),
  ),
  role(
    '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
    'Storage Table Data Contributor',
    [`${TABLES}/read`, `${TABLES}/write`, `${TABLES}/delete`],
    ['read', 'write', 'delete', 'add/action', 'update/action'].map((verb) => `${TABLES}/entities/${verb}`),
  ),
  role(
    '17d1049b-9a84-46fb-8f53-869881c3d3ab',
    'Storage Account Contributor',
    ['Microsoft.Storage/storageAccounts/*', 'Microsoft.Resources/deployments/*'],
    [],
  ),
  role(
    '3913510d-42f4-4e42-8a64-420c390055eb',
    'Monitoring Metrics Publisher',
    ['Microsoft.Insights/Register/Action'],
    ['Microsoft.Insights/Metrics/Write', 'Microsoft.Insights/Telemetry/Write'],
  ),
  role(
    'd5a91429-5739-47e2-a06b-3470a27159e7',
    'EventGrid Data Sender',
    ['Microsoft.Authorization/*/read', 'Microsoft.EventGrid/topics/read', 'Microsoft.EventGrid/domains/read'],
    ['Microsoft.EventGrid/events/send/action'],
  ),
  role(
    '09976791-48a7-449e-bb21-39d1a415f350',
    'Communication and Email Service Owner',
    ['Microsoft.Communication/CommunicationServices/*', 'Microsoft.Communication/EmailServices/*'],
    [],
  ),
];

function role(
  id: string,
  name: string,
  actions: readonly string[],
  dataActions: readonly string[],
): BuiltInRole {
  return { id, name, actions, dataActions };
}
