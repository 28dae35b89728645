import { randomUUID } from 'node:crypto';
import type { ApiAnswer } from '../api.ts';
import type { OperationSettings } from '../contract.ts';
import { armError } from './armError.ts';
import { type ArmResource, same } from './resource.ts';

type Operation = {
  id: string;
  resourceId: string;
  startTime: string;
  polls: number;
  status: 'InProgress' | 'Succeeded' | 'Failed';
  result?: ArmResource | undefined;
  error?: { code: string; message: string };
  finish(): ArmResource | undefined;
  undo(): void;
};

/** Work that ends some polls after its answer: https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations */
export type Operations = {
  start(work: {
    /** Below which the addresses of the operation are. */
    base: string;
    apiVersion: string;
    resourceId: string;
    finish(): ArmResource | undefined;
    undo(): void;
  }): Record<string, string>;
  /** One look at an operation, or at its result. */
  status(id: string): ApiAnswer;
  result(id: string): ApiAnswer;
  /** Counts as a look too: some poll the resource. */
  look(resourceId: string): void;
  runningOn(resourceId: string): string | undefined;
  failNext(code: string, message: string): void;
  clear(): void;
};

export function createOperations(settings: OperationSettings): Operations {
  const operations = new Map<string, Operation>();
  let failure: { code: string; message: string } | undefined;

  const running = (resourceId: string) =>
    [...operations.values()].find(
      (each) => each.status === 'InProgress' && same(each.resourceId, resourceId),
    );

  function advance(operation: Operation) {
    if (operation.status !== 'InProgress' || operation.polls-- > 0) return;
    if (operation.error) {
      operation.status = 'Failed';
      operation.undo();
    } else {
      operation.status = 'Succeeded';
      operation.result = operation.finish();
    }
  }

  function found(id: string): Operation {
    const operation = operations.get(id);
    if (!operation) throw armError(404, 'OperationNotFound', `The operation '${id}' was not found.`);
    advance(operation);
    return operation;
  }

  const pause = () => ({ 'retry-after': retryAfter(settings.retryAfterSeconds) });

  return {
    start({ base, apiVersion, ...work }) {
      const id = randomUUID();
      operations.set(id, {
        id,
        ...work,
        startTime: new Date().toISOString(),
        polls: settings.polls,
        status: 'InProgress',
        ...(failure ? { error: failure } : {}),
      });
      failure = undefined;
      return {
        'azure-asyncoperation': `${base}/operationStatuses/${id}?api-version=${apiVersion}`,
        location: `${base}/operationResults/${id}?api-version=${apiVersion}`,
        ...pause(),
      };
    },
    status(id) {
      const { startTime, status, error, resourceId } = found(id);
      const body = { id, name: id, resourceId, status, startTime };
      if (status === 'InProgress') return { status: 200, body, headers: pause() };
      const ended = { ...body, endTime: new Date().toISOString() };
      return { status: 200, body: status === 'Failed' ? { ...ended, error } : ended };
    },
    result(id) {
      const { status, result, error } = found(id);
      if (status === 'InProgress') return { status: 202, headers: pause() };
      if (status === 'Failed') return { status: 409, body: { error } };
      return result ? { status: 200, body: result } : { status: 204 };
    },
    look: (resourceId) => {
      const operation = running(resourceId);
      if (operation) advance(operation);
    },
    runningOn: (resourceId) => running(resourceId)?.id,
    failNext: (code, message) => {
      failure = { code, message };
    },
    clear: () => {
      operations.clear();
      failure = undefined;
    },
  };
}

/** Less than a second is told as a date: the SDKs' pollers take 0 for no answer, and then wait two seconds. */
function retryAfter(seconds: number): string {
  if (seconds >= 1) return String(Math.round(seconds));
  const at = new Date(Date.now() + seconds * 1000);
  return at.toUTCString().replace(' GMT', `.${String(at.getMilliseconds()).padStart(3, '0')} GMT`);
}
