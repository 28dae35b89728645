import type { ErrorCode } from '../errors/errors.ts';

/**
 * Custom Vision’s own error codes, and its gateway’s, as codes of the error book.
 * Custom Vision’s are those of its REST definition, Prediction v3.1:
 * https://github.com/Azure/azure-rest-api-specs/tree/main/specification/cognitiveservices/data-plane/CustomVision
 */
export const serviceErrors: Readonly<Record<string, ErrorCode>> = {
  // the caller’s picture
  BadRequestImageStream: 'ImageUndecodable',
  BadRequestImageFormat: 'ImageUndecodable',
  BadRequestImageBatch: 'ImageUndecodable',
  BadRequestImageExceededCount: 'ImageUndecodable',
  UnsupportedMediaType: 'ImageUndecodable',
  BadRequestImageSizeBytes: 'ImageTooLarge',
  BadRequestImageDimensions: 'ImageDimensionsUnsupported',
  BadRequestImageUrl: 'ImageUrlUnreachable',
  // the model as configured
  BadRequestIterationNotPublished: 'ModelNotPublished',
  BadRequestInvalidPublishName: 'ModelNotPublished',
  NotFoundIteration: 'ModelNotPublished',
  NotFoundProjectDefaultIteration: 'ModelNotPublished',
  ErrorPredictionModelNotFound: 'ModelNotPublished',
  NotFoundProject: 'ProjectNotFound',
  BadRequestInvalidIds: 'ProjectNotFound',
  BadRequestOperationNotSupported: 'TaskMismatch',
  BadRequestUnsupportedDomain: 'VisionConfigurationRefused',
  BadRequestPredictionInvalidApplicationName: 'VisionConfigurationRefused',
  BadRequestPredictionInvalidQueryParameters: 'VisionConfigurationRefused',
  BadRequestSubscriptionApi: 'VisionConfigurationRefused',
  BadRequestCustomerManagedKeyRevoked: 'VisionConfigurationRefused',
  NotFound: 'VisionConfigurationRefused',
  NotFoundDomain: 'VisionConfigurationRefused',
  NotFoundApimSubscription: 'VisionConfigurationRefused',
  // rights and quota
  Forbidden: 'AccessForbidden',
  ForbiddenUser: 'AccessForbidden',
  ForbiddenUserInsufficientCapability: 'AccessForbidden',
  ForbiddenUserDoesNotExist: 'AccessForbidden',
  ForbiddenDRModeEnabled: 'AccessForbidden',
  ForbiddenInvalid: 'AccessForbidden',
  BadRequestExceededQuota: 'QuotaExceeded',
  // the service
  ErrorPredictionServiceUnavailable: 'VisionUnavailable',
  ErrorPredictionModelNotCached: 'VisionUnavailable',
  ErrorPrediction: 'VisionUnavailable',
  ErrorPredictionStorage: 'VisionUnavailable',
  ErrorFeaturizationServiceUnavailable: 'VisionUnavailable',
  ErrorFeaturizationQueueTimeout: 'VisionUnavailable',
  ErrorUnknown: 'VisionUnavailable',
  ErrorInvalid: 'VisionUnavailable',
  // the gateway before Custom Vision
  PermissionDenied: 'PermissionDenied',
  Unauthorized: 'TokenRefused',
  AuthenticationTypeDisabled: 'KeyRefused',
  '401': 'TokenRefused',
  '403': 'NetworkBlocked',
  '429': 'RateLimited',
};

/** The error code for an answer; where the service’s code is unknown or missing, its status decides. */
export function codeForAnswer(status: number, serviceCode: string | undefined, message: string): ErrorCode {
  if (status === 429) return 'RateLimited';
  if (/custom subdomain/iu.test(message)) return 'CustomSubdomainRequired';
  // The gateway’s words, with code 403 or none: https://learn.microsoft.com/azure/api-management/quota-policy
  if (status === 403 && /call volume quota/iu.test(message)) return 'QuotaExceeded';
  const known =
    serviceCode !== undefined && Object.hasOwn(serviceErrors, serviceCode)
      ? serviceErrors[serviceCode]
      : undefined;
  if (known) return known;
  if (status === 401)
    return /does not have access|data action/iu.test(message) ? 'PermissionDenied' : 'TokenRefused';
  if (status === 403) return 'AccessForbidden';
  if (status === 408) return 'VisionTimeout';
  if (status === 413) return 'ImageTooLarge';
  if (status >= 500) return 'VisionUnavailable';
  return status >= 400 ? 'VisionConfigurationRefused' : 'VisionAnswerInvalid';
}
