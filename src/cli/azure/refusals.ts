import { errorBook, KeylessError } from '../../errors/errors.ts';
import { UsageError } from '../faults.ts';
import { type Answer, answerOf, STRANGER } from './answer.ts';

/** Azure, or a check of what it answered, stands against the command: it ends with 1. */
export class AzureRefusal extends Error {
  override name = 'AzureRefusal';
  readonly fix: string;

  constructor(message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.fix = fix;
  }
}

/** Runs work on Azure; what ARM or Graph refuses is thrown as an AzureRefusal that says whose turn it is. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusalOf(error);
  }
}

/** Any error as it is to be told; unknown ones of ARM and Graph keep their code and message. */
export function refusalOf(thrown: unknown): unknown {
  if (thrown instanceof AzureRefusal || thrown instanceof UsageError) return thrown;
  if (thrown instanceof KeylessError && thrown.code === 'IdentityUnavailable') {
    return new AzureRefusal(
      'Nobody is signed in on this machine, or the sign-in is no longer good.',
      'az login, then the same command again.',
      { cause: thrown },
    );
  }
  const answer = answerOf(thrown);
  if (!answer) return thrown;
  const [message, fix] = told(answer);
  return new AzureRefusal(message, fix, { cause: thrown });
}

type Told = [message: string, fix: string];

function told(answer: Answer): Told {
  const { service, status, code, message, retryAfter } = answer;
  if (code === STRANGER) {
    return [
      `${message}: a proxy or a captive portal stands in between, or it is another address.`,
      'Sign in there, or correct HTTPS_PROXY, AZURE_ARM_ENDPOINT or AZURE_GRAPH_ENDPOINT, then the same command again.',
    ];
  }
  if (code === 'PARSE_ERROR' || code === 'SyntaxError') {
    return [
      `${service} answered, but its JSON cannot be read.`,
      'The same command again; if it stays, look what stands in between.',
    ];
  }
  if (code === 'ProxyRefused' || code === 'ProxyUnavailable') return [`${message}.`, errorBook[code].fix];
  if (status === undefined) {
    return [
      `${service} could not be reached: ${[code, message].filter(Boolean).join(', ')}.`,
      'Check the network, the proxy and AZURE_ARM_ENDPOINT and AZURE_GRAPH_ENDPOINT, then try again.',
    ];
  }
  if (status === 429) {
    const wait = retryAfter === undefined ? 'some minutes' : `${retryAfter} s`;
    return [
      `${service} asks for fewer requests (429 ${code}).`,
      `Wait ${wait}, then the same command again.`,
    ];
  }
  const known = Object.hasOwn(TELL, code) ? TELL[code]?.(answer) : undefined;
  if (known) return known;
  if (status === 401) return signInAgain(answer);
  const said = [status === 200 ? '' : status, code].filter(Boolean).join(' ');
  return [
    `${service} answered ${said}: ${message}.`,
    status >= 500
      ? 'That is trouble on Azure’s side: try again in some minutes.'
      : 'The code and the message are the service’s own; correct what they name.',
  ];
}

/** By the code of the answer. Sources: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors,
 * https://learn.microsoft.com/azure/role-based-access-control/troubleshooting, https://learn.microsoft.com/graph/errors */
const TELL: Record<string, (answer: Answer) => Told> = {
  AuthorizationFailed: lackingRight,
  LinkedAuthorizationFailed: lackingRight,
  PrincipalNotFound: ({ message }) => [
    `The directory does not know the principal (yet): ${message}.`,
    'It takes an object id, not a client id: keyless identity show <resource id> tells it. A new identity may need some minutes: then the same command again.',
  ],
  ResourceNotFound: missing,
  ParentResourceNotFound: missing,
  ResourceGroupNotFound: missing,
  NotFound: missing,
  SubscriptionNotFound: ({ message }) => [
    `The subscription was not found with this sign-in: ${message}.`,
    'az account list --output table tells yours; az login --tenant <tenant id> for one of another tenant.',
  ],
  InvalidAuthenticationToken: signInAgain,
  InvalidAuthenticationTokenTenant: signInAgain,
  ExpiredAuthenticationToken: signInAgain,
  Authorization_RequestDenied: ({ message }) => [
    `The operator may not do this in the directory: ${message}.`,
    'It takes AppRoleAssignment.ReadWrite.All and Application.Read.All, or the directory role Privileged Role Administrator: have one assigned, az login again; or let who has it type the same command.',
  ],
  ScopeLocked: ({ message }) => {
    const locked = /locked: '([^']+)'/u.exec(message)?.[1] ?? '<resource id>';
    return [
      `A lock forbids the change: ${message}.`,
      `az lock list --resource ${locked} tells the lock (or --resource-group, where it is the group’s); Owner or User Access Administrator may take it off.`,
    ];
  },
  RequestDisallowedByPolicy: ({ message }) => [
    `A policy forbids the change: ${message}.`,
    'Ask who keeps the policies of this subscription for an exemption.',
  ],
  FailedIdentityOperation: ({ message }) => [
    `The identity could not be changed: ${message}.`,
    'Check that the user-assigned identities are there: az identity list --query "[].id" --output tsv.',
  ],
  CannotSetResourceIdentity: ({ message }) => [
    `This resource has no identities: ${message}.`,
    'Use a resource that has them: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identities-status.',
  ],
  UnmatchedPrincipalType: ({ message }) => [
    `The principal is no managed identity and no app: ${message}.`,
    'keyless identity show <resource id> tells the principal ids of a resource; for people use az role assignment create.',
  ],
  RoleAssignmentLimitExceeded: () => [
    'The subscription has as many role assignments as it may have.',
    'Remove some that nobody needs: az role assignment list --all --output table; those of deleted identities have no principal name.',
  ],
  Request_ResourceNotFound: ({ message }) => [
    `The directory does not know the object (yet): ${message}.`,
    'Check the object id; a new identity may need some minutes: then the same command again.',
  ],
};

function lackingRight({ message, code }: Answer): Told {
  // The linked form names first what the operator may do, and then what not.
  const [, action, scope] =
    /(?:does not have (?:authorization|permission) to perform action(?:\(s\))?) '([^']+)'[^']*'([^']+)'/u.exec(
      message,
    ) ?? [];
  if (!action || !scope) {
    return [`The operator lacks a right (${code}): ${message}.`, 'An Owner of the resource can assign it.'];
  }
  return [
    `The operator lacks the right ${action} on ${scope}.`,
    `${rightHolder(action)} may do it: have the role assigned there, az login again; or let who has it type the same command.`,
  ];
}

function rightHolder(action: string): string {
  if (/^Microsoft\.Authorization\/roleAssignments\/(write|delete)$/iu.test(action)) {
    return 'Owner, User Access Administrator or Role Based Access Control Administrator';
  }
  if (/userAssignedIdentities\/assign\/action$/iu.test(action))
    return 'Managed Identity Operator (or Contributor)';
  return /\/read$/iu.test(action) ? 'Reader' : 'Contributor';
}

function missing({ message }: Answer): Told {
  return [
    `There is no such resource: ${message}.`,
    'Check the id: az resource list --query "[].id" --output tsv tells those that this sign-in may see.',
  ];
}

function signInAgain({ service, code, message }: Answer): Told {
  // The issuers it would take are told in the message.
  const tenant = /must match (?:one of )?the tenants? '?https:\/\/sts\.windows\.net\/([\da-f-]{36})/u.exec(
    message,
  )?.[1];
  return [
    `${service} does not take the sign-in (401 ${code}): ${message}.`,
    `az login --tenant ${tenant ?? '<tenant id>'}, then the same command again.`,
  ];
}
