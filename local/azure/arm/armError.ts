import { ApiError } from '../api.ts';
import type { ArmPath } from './armPath.ts';

/** The codes: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors. Sentences may change; codes do not. */
export const armError = (
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
) => new ApiError(status, message, armBody(code, message), headers);

export const armBody = (code: string, message: string) => ({ error: { code, message } });

export const resourceNotFound = (type: string, name: string, group: string) =>
  armError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );

export const noResourceAt = ({ names, resourceGroup = '' }: ArmPath, type: string) =>
  resourceNotFound(type, names.join('/'), resourceGroup);

export const groupNotFound = (group: string) =>
  armError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);

export const invalidContent = (why: string) =>
  armError(
    400,
    'InvalidRequestContent',
    `The request content was invalid and could not be deserialized: '${why}'.`,
  );

export const anotherOperation = (id: string) =>
  armError(
    409,
    'AnotherOperationInProgress',
    `Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ${id}.`,
  );

/** The words for a status that a test asked for. */
export function wordArmFault(status: number): unknown {
  const [code, message] = FAULT_WORDS[status] ?? ['InternalServerError', `The service answered ${status}.`];
  return armBody(code, message);
}

const FAULT_WORDS: Record<number, [code: string, message: string]> = {
  403: [
    'AuthorizationFailed',
    'The client does not have authorization to perform the action over the scope or the scope is invalid. If access was recently granted, please refresh your credentials.',
  ],
  409: [
    'AnotherOperationInProgress',
    'Another operation on this or dependent resource is in progress. Try again after it has ended.',
  ],
  429: [
    'TooManyRequests',
    "The request is being throttled as the limit has been reached for operation type - 'Read_ObservationWindow_00:05:00'. For more information, see - https://aka.ms/armthrottling",
  ],
  500: [
    'InternalServerError',
    "Encountered internal server error. Diagnostic information: timestamp, subscription id, tracking id and request correlation id are in the answer's headers.",
  ],
  503: ['ServerTimeout', 'The request timed out. Try again later.'],
};
