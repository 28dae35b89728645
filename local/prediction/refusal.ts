/**
 * The error answers of Custom Vision prediction. Two shapes: the gateway in front of all AI services answers
 * `{ "error": { code, message } }` before Custom Vision sees the request; Custom Vision itself `{ code, message }`.
 * Codes of the flat shape: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/cognitiveservices/data-plane/CustomVision
 * Texts are the ones people quote where there are such, else in the service's manner.
 */
export type ErrorAnswer = {
  status: number;
  shape: 'flat' | 'nested';
  message: string;
  headers?: Record<string, string>;
};

const flat = (status: number, message: string): ErrorAnswer => ({ status, shape: 'flat', message });
const nested = (status: number, message: string, headers?: Record<string, string>): ErrorAnswer => ({
  status,
  shape: 'nested',
  message,
  ...(headers ? { headers } : {}),
});

const GATEWAY = {
  BadRequest: nested(
    400,
    'Please provide a custom subdomain for token authentication, otherwise API key is required. (Please see https://aka.ms/cogsvc-authenticatewithtoken)',
  ),
  '401': nested(
    401,
    'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
  ),
  Unauthorized: nested(
    401,
    'Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.',
  ),
  PermissionDenied: nested(401, 'Principal does not have access to API/Operation.'),
  AuthenticationTypeDisabled: nested(403, 'Key based authentication is disabled for this resource.'),
  '403': nested(403, 'Access denied due to Virtual Network/Firewall rules.'),
  '404': nested(404, 'Resource not found'),
  '429': nested(
    429,
    'Requests to this Operation under Custom_Vision_Prediction_3.1 have exceeded rate limit of your current Custom_Vision.Prediction S0 pricing tier. Please retry after 1 second.',
    { 'retry-after': '1' },
  ),
};

const PICTURE = {
  BadRequestImageStream: flat(400, 'Bad Request Image Stream: there is no image in the request.'),
  BadRequestImageFormat: flat(400, 'Bad Request Image Format'),
  BadRequestImageSizeBytes: flat(400, 'Bad Request Image Size Bytes: the image is larger than 4 MB.'),
  BadRequestImageDimensions: flat(400, 'Bad Request Image Dimensions'),
  BadRequestImageUrl: flat(400, 'Bad Request Image Url'),
  BadRequestImageBatch: flat(400, 'Bad Request Image Batch'),
  BadRequestImageExceededCount: flat(400, 'Too many images'),
  UnsupportedMediaType: flat(415, 'Unsupported Media Type'),
};

const CONFIGURATION = {
  BadRequestIterationNotPublished: flat(400, 'Iteration is not published'),
  BadRequestInvalidPublishName: flat(400, 'Invalid publish name'),
  BadRequestInvalidIds: flat(400, 'Invalid ids'),
  BadRequestUnsupportedDomain: flat(400, 'Unsupported domain'),
  BadRequestPredictionInvalidApplicationName: flat(400, 'Invalid application name'),
  BadRequestPredictionInvalidQueryParameters: flat(400, 'Invalid query parameters'),
  BadRequestOperationNotSupported: flat(400, 'Invalid project type for operation.'),
  BadRequestSubscriptionApi: flat(400, 'The subscription does not cover this API'),
  BadRequestCustomerManagedKeyRevoked: flat(400, 'The customer managed key was revoked'),
  NotFound: flat(404, 'Not found'),
  NotFoundProject: flat(404, 'Project not found'),
  NotFoundProjectDefaultIteration: flat(404, 'Project has no default iteration'),
  NotFoundIteration: flat(404, 'Invalid iteration'),
  NotFoundDomain: flat(404, 'Invalid domain'),
  NotFoundApimSubscription: flat(404, 'Subscription not found'),
  ErrorPredictionModelNotFound: flat(500, 'Prediction model not found'),
};

const RIGHTS = {
  Forbidden: flat(403, 'Forbidden'),
  ForbiddenUser: flat(403, 'The user may not do this'),
  ForbiddenUserInsufficientCapability: flat(403, 'The user lacks the capability'),
  ForbiddenUserDoesNotExist: flat(403, 'The user does not exist'),
  ForbiddenDRModeEnabled: flat(403, 'Disaster recovery mode is enabled'),
  ForbiddenInvalid: flat(403, 'Forbidden, for no known reason'),
  BadRequestExceededQuota: flat(400, 'The quota is exceeded'),
};

const SERVICE = {
  ErrorPredictionServiceUnavailable: flat(503, 'Prediction service is unavailable'),
  ErrorPredictionModelNotCached: flat(500, 'Prediction model is not cached'),
  ErrorPrediction: flat(500, 'Prediction failed'),
  ErrorPredictionStorage: flat(500, 'Prediction could not be stored'),
  ErrorFeaturizationServiceUnavailable: flat(503, 'Featurization service is unavailable'),
  ErrorFeaturizationQueueTimeout: flat(500, 'Featurization timed out in the queue'),
  ErrorUnknown: flat(500, 'The service failed for an unknown reason'),
  ErrorInvalid: flat(500, 'Invalid error'),
};

/** Of training alone. */
const TRAINING_ANSWERS = {
  BadRequestExceededBatchSize: flat(400, 'Batch size exceeds the limit of 256'),
  BadRequestProjectName: flat(400, 'Project name is missing'),
  BadRequestProjectUnknownDomain: flat(400, 'Unknown domain'),
  BadRequestIterationIsNotTrained: flat(400, 'Iteration is not trained'),
  BadRequestExportValidationFailed: flat(400, 'The iteration cannot be exported to this platform'),
  BadRequestExportAlreadyInProgress: flat(400, 'Export already in progress'),
  BadRequestInvalidArtifactUri: flat(400, 'Invalid artifact path'),
  BadRequestInvalid: flat(400, 'The storage cannot be reached with the identity of this resource'),
  NotFoundIterationPerformance: flat(404, 'Iteration has no performance'),
} satisfies Record<string, ErrorAnswer>;

/** By code. Where the status is not documented it follows the code's first word; a code's own fate may differ. */
export const ERROR_ANSWERS = {
  ...GATEWAY,
  ...PICTURE,
  ...CONFIGURATION,
  ...RIGHTS,
  ...SERVICE,
} satisfies Record<string, ErrorAnswer>;

export type ErrorCode = keyof typeof ERROR_ANSWERS;
export const ERROR_CODES = Object.keys(ERROR_ANSWERS) as ErrorCode[];

/** What either of the two APIs may answer. */
export type AnswerCode = ErrorCode | keyof typeof TRAINING_ANSWERS;

/** A documented error answer on its way to the client. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: number;
  readonly code: AnswerCode;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(
    code: AnswerCode,
    more: { message?: string; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    const answer: ErrorAnswer = { ...ERROR_ANSWERS, ...TRAINING_ANSWERS }[code];
    const message = more.message ?? answer.message;
    super(message, { cause: more.cause });
    this.status = answer.status;
    this.code = code;
    this.body = answer.shape === 'flat' ? { code, message } : { error: { code, message } };
    this.headers = { ...answer.headers, ...more.headers };
  }
}
