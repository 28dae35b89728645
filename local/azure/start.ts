import { delimiter } from 'node:path';
import { createClosing } from '../closing.ts';
import { createFaults } from '../faults.ts';
import type { ApiRequest, LoggedRequest } from './api.ts';
import { startApiServer } from './apiServer.ts';
import { createAccess } from './arm/access.ts';
import { invalidContent, wordArmFault } from './arm/armError.ts';
import { createKeeping } from './arm/keeping.ts';
import { createOperations } from './arm/operations.ts';
import { same } from './arm/resource.ts';
import { createResources } from './arm/resources.ts';
import { createRoleAssignments } from './arm/roleAssignments.ts';
import { createRoleDefinitions } from './arm/roleDefinitions.ts';
import { type Arm, answerArm } from './arm/routes.ts';
import { createSites } from './arm/sites.ts';
import { createAzCommand } from './azCommand.ts';
import { createBearerCheck } from './bearer.ts';
import type { LocalAzure, LocalAzureOptions } from './contract.ts';
import { createDirectory, createReplication } from './graph/directory.ts';
import { badRequest, wordGraphFault } from './graph/graphError.ts';
import { answerGraph } from './graph/routes.ts';
import { ARM_AUDIENCES, GRAPH_AUDIENCES, refuseArmToken, refuseGraphToken } from './tokenRefusals.ts';

export type { LocalAzure } from './contract.ts';

/** That of the local identities' resource ids. */
const SUBSCRIPTION_ID = '00000000-0000-0000-0000-000000000000';
const OPERATOR = { objectId: '1f6e2d4c-8b3a-4c5d-9e7f-0a1b2c3d4e5f', name: 'operator@keyless.example' };
const DEFAULTS = { signedIn: true, replicationDelay: 0, pageSize: 100 };
const DEFAULT_OPERATIONS = { polls: 2, retryAfterSeconds: 0.05 };

export async function startLocalAzure({ identity, certificate }: LocalAzureOptions): Promise<LocalAzure> {
  const closing = createClosing();
  const { tenantId } = identity;
  const faults = createFaults();
  const requests: LoggedRequest[] = [];
  const settings = { ...DEFAULT_OPERATIONS };
  const replication = createReplication();
  const directory = createDirectory((id) => replication.begin(id, azure.replicationDelay));
  const roleDefinitions = createRoleDefinitions(SUBSCRIPTION_ID);
  const operations = createOperations(settings);
  const resources = createResources(SUBSCRIPTION_ID);
  const pageSize = () => azure.pageSize;
  const access = createAccess();
  const keeping = createKeeping({
    subscriptionId: SUBSCRIPTION_ID,
    tenantId,
    resources,
    operations,
    pageSize,
    directory,
    knownIdentity: (id) => identity.identities.find(({ resourceId }) => same(resourceId, id)),
  });
  const roleAssignments = createRoleAssignments({
    roles: roleDefinitions,
    tenantId,
    principal: (id) => {
      if (same(id, OPERATOR.objectId)) return { type: 'User' };
      if (!directory.get(id)) return 'unknown';
      return replication.lags(id) ? 'replicating' : { type: 'ServicePrincipal' };
    },
    pageSize,
  });
  const sites = createSites(resources);
  const arm: Arm = { ...keeping, access, operations, roleAssignments, roleDefinitions, sites };
  const graph = { directory, pageSize, denied: access.denied };

  const serve = (name: LoggedRequest['server']) => {
    const isArm = name === 'arm';
    return startApiServer({
      name,
      certificate,
      faults,
      log: requests,
      check: createBearerCheck(identity, isArm ? ARM_AUDIENCES : GRAPH_AUDIENCES),
      answer: (request: ApiRequest) => (isArm ? answerArm(arm, request) : answerGraph(graph, request)),
      refuseToken: (fault) =>
        isArm ? refuseArmToken(fault, identity.issuer, tenantId) : refuseGraphToken(fault),
      wordFault: isArm ? wordArmFault : wordGraphFault,
      badBody: (cause) =>
        isArm ? invalidContent(String(cause)) : badRequest(`Unable to read JSON request payload. ${cause}`),
    }).then(closing.add);
  };

  async function open() {
    const armServer = await serve('arm');
    const graphServer = await serve('graph');
    const az = await createAzCommand({
      identity,
      operator: OPERATOR,
      subscriptionId: SUBSCRIPTION_ID,
      signedIn: () => azure.signedIn,
    });
    closing.add(az);
    return { armUrl: armServer.origin, graphUrl: graphServer.origin, folder: az.folder };
  }
  const { armUrl, graphUrl, folder } = await open().catch(async (error: unknown) => {
    await closing.close();
    throw error;
  });

  const azure: LocalAzure = {
    armUrl,
    graphUrl,
    environment: {
      AZURE_ARM_ENDPOINT: armUrl,
      AZURE_GRAPH_ENDPOINT: graphUrl,
      AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential',
      NODE_EXTRA_CA_CERTS: certificate.authorityPath,
      PATH: [folder, process.env.PATH ?? ''].join(delimiter),
    },
    operator: OPERATOR,
    subscriptionId: SUBSCRIPTION_ID,
    tenantId,
    ...DEFAULTS,
    put: keeping.seed,
    get: resources.get,
    deployCode: sites.deployCode,
    get roleAssignments() {
      return roleAssignments.all;
    },
    addRoleAssignment: roleAssignments.add,
    addRoleDefinition: roleDefinitions.add,
    servicePrincipals: { add: directory.add, list: directory.all, remove: directory.remove },
    get appRoleAssignments() {
      return directory.assignments;
    },
    addAppRoleAssignment: (seed) => void directory.assign(seed),
    faults,
    operations: settings,
    failNextOperation: operations.failNext,
    deny: access.deny,
    lock: access.lock,
    requests,
    reset() {
      for (const part of [resources, operations, roleAssignments, roleDefinitions, sites, access])
        part.clear();
      directory.clear();
      replication.clear();
      faults.clear();
      requests.length = 0;
      Object.assign(settings, DEFAULT_OPERATIONS);
      Object.assign(azure, DEFAULTS);
    },
    close: closing.close,
  };
  return azure;
}
