import type { Caller } from '../bearer.ts';
import { armError } from './armError.ts';

type Lock = { scope: string; level: 'CanNotDelete' | 'ReadOnly' };

/** What ARM refuses: denied actions, and changes below a lock. */
export type Access = {
  deny(action: string): void;
  denied(action: string): boolean;
  lock(scope: string, level: Lock['level']): void;
  /** Throws 403 AuthorizationFailed for a denied action, and 409 ScopeLocked for a change that a lock forbids. */
  admit(caller: Caller, action: string, scope: string): void;
  /** Throws 403 LinkedAuthorizationFailed when user-assigned identities are put on a resource and that is denied. */
  admitLinked(caller: Caller, action: string, scope: string, identityIds: readonly string[]): void;
  clear(): void;
};

const ASSIGN_IDENTITY = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';

export function createAccess(): Access {
  const denied = new Set<string>();
  let locks: Lock[] = [];
  return {
    deny: (action) => void denied.add(action.toLowerCase()),
    denied: (action) => denied.has(action.toLowerCase()),
    lock: (scope, level) => void locks.push({ scope, level }),
    admit({ objectId, name }, action, scope) {
      if (denied.has(action.toLowerCase())) {
        throw armError(
          403,
          'AuthorizationFailed',
          `The client '${name}' with object id '${objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
        );
      }
      const verb = action.slice(action.lastIndexOf('/') + 1);
      const lock = locks.find(
        (each) =>
          `${scope}/`.toLowerCase().startsWith(`${each.scope.toLowerCase()}/`) &&
          (verb === 'delete' || (each.level === 'ReadOnly' && verb !== 'read')),
      );
      if (!lock) return;
      throw armError(
        409,
        'ScopeLocked',
        `The scope '${scope}' cannot perform ${verb === 'delete' ? 'delete' : 'write'} operation because following scope(s) are locked: '${lock.scope}'. Please remove the lock and try again.`,
      );
    },
    admitLinked({ objectId, name }, action, scope, identityIds) {
      if (identityIds.length === 0 || !denied.has(ASSIGN_IDENTITY.toLowerCase())) return;
      throw armError(
        403,
        'LinkedAuthorizationFailed',
        `The client '${name}' with object id '${objectId}' has permission to perform action '${action}' on scope '${scope}'; however, it does not have permission to perform action(s) '${ASSIGN_IDENTITY}' on the linked scope(s) '${identityIds.join(',')}' (respectively) or the linked scope(s) are invalid.`,
      );
    },
    clear: () => {
      denied.clear();
      locks = [];
    },
  };
}
