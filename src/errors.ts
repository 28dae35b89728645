/** Whose turn it is: the caller sent something unfit, the operator has something to set, or the service has trouble. */
export type Fault = 'caller' | 'operator' | 'service';

type Entry = {
  /** HTTP status of the problem a caller sees. */
  status: 400 | 401 | 403 | 404 | 413 | 415 | 422 | 429 | 500 | 502 | 503 | 504;
  fault: Fault;
  /** Trying the same thing again later can mend it. */
  transient: boolean;
  title: string;
  cause: string;
  fix: string;
};

/** The error book: every failure this app can report. `docs/errors.md` is made from it. */
export const errorBook = {
  SettingsInvalid: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The app is not configured correctly',
    cause: 'One or more application settings are missing or wrong; the app checks them all when it starts.',
    fix: 'Correct the settings named in the detail (locally: local.settings.json) and restart the app.',
  },
  IdentityUnavailable: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'No identity here',
    cause:
      'There is no managed identity endpoint and no developer is signed in, so no token can be asked for.',
    fix: 'In Azure: az functionapp identity assign --name <app> --resource-group <group>. On your machine: az login.',
  },
  IdentityRefused: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The identity was refused',
    cause:
      'The managed identity endpoint answered, but has no such identity on this resource, or gave a token that cannot be used.',
    fix: 'Compare MANAGED_IDENTITY_CLIENT_ID, _RESOURCE_ID or _OBJECT_ID with: az functionapp identity show --name <app> --resource-group <group>. None set means the system-assigned identity.',
  },
  IdentityEndpointFailing: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'The managed identity endpoint does not answer',
    cause: 'The endpoint timed out, closed the connection or answered with a server error or HTTP 429.',
    fix: 'Try again in a minute. If it stays, restart the app; the platform then renews its identity endpoint.',
  },
  RequestInvalid: {
    status: 400,
    fault: 'caller',
    transient: false,
    title: 'The request cannot be read',
    cause: 'A query value, the JSON body or the multipart form does not have the expected form.',
    fix: 'Send one picture as the body (image/* or application/octet-stream), as one file of a multipart/form-data form, or {"url": "https://…"} as application/json.',
  },
  ImageMissing: {
    status: 400,
    fault: 'caller',
    transient: false,
    title: 'No picture was sent',
    cause:
      'The body is empty. A chunked upload without Content-Length also arrives empty in Azure Functions.',
    fix: 'Send the picture with a Content-Length header, for example: curl --data-binary @picture.jpg.',
  },
  ImageTypeUnsupported: {
    status: 415,
    fault: 'caller',
    transient: false,
    title: 'Not a picture type that can be scored',
    cause:
      'The first bytes are not those of a JPEG, PNG, GIF, BMP, WebP, AVIF or TIFF file, whatever the name or Content-Type says.',
    fix: 'Convert the picture to JPEG or PNG and send it again.',
  },
  ImageTruncated: {
    status: 422,
    fault: 'caller',
    transient: false,
    title: 'The picture is cut off',
    cause: 'The file ends before its picture does, as after an interrupted upload or copy.',
    fix: 'Upload the whole file again; compare its size with the original.',
  },
  ImageUndecodable: {
    status: 422,
    fault: 'caller',
    transient: false,
    title: 'Custom Vision cannot decode the picture',
    cause: 'The file has the marks of a picture, but its content is damaged or of a rare variant.',
    fix: 'Open the picture in an editor and save it anew as a plain JPEG or PNG.',
  },
  ImageTooLarge: {
    status: 413,
    fault: 'caller',
    transient: false,
    title: 'The picture is too large',
    cause:
      'This app takes pictures of at most 32 MiB (33,554,432 bytes), and makes those over Custom Vision’s 4 MB smaller.',
    fix: 'Make the picture smaller: fewer pixels or a stronger JPEG compression.',
  },
  ImageDimensionsUnsupported: {
    status: 422,
    fault: 'caller',
    transient: false,
    title: 'The picture is too wide, too high or too narrow',
    cause:
      'Custom Vision takes at most 10,000 pixels a side and 25 times as long as wide; this picture could not be made so.',
    fix: 'Crop or scale the picture.',
  },
  // pictures
  ImageTooManyPixels: {
    status: 413,
    fault: 'caller',
    transient: false,
    title: 'The picture has too many pixels',
    cause: 'Pictures are decoded in memory to make them fit; the file tells of more pixels than are taken.',
    fix: 'Scale the picture down, or cut it up, and send it again.',
  },
  ConverterMissing: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The picture converter cannot be loaded',
    cause:
      'The package sharp is missing, or was installed on another platform than the one the app runs on. Pictures that need no change are scored all the same.',
    fix: 'Install it for Azure before deploying: npm install --os=linux --cpu=x64 sharp, or deploy with a remote build.',
  },
  ImageUrlRefused: {
    status: 403,
    fault: 'caller',
    transient: false,
    title: 'Urls of this host are not allowed',
    cause:
      'Only https urls of hosts listed in the setting URL_HOSTS are handed to Custom Vision; the list may be empty.',
    fix: 'Send the picture itself as the body, or ask the operator to add the host to URL_HOSTS.',
  },
  ImageUrlUnreachable: {
    status: 422,
    fault: 'caller',
    transient: false,
    title: 'Custom Vision could not fetch the url',
    cause: 'The url is not public, does not answer, or is no picture. The service fetches it, not this app.',
    fix: 'Open the url in a private browser window; if it needs a sign-in, send the picture itself as the body.',
  },
  ModelUnknown: {
    status: 404,
    fault: 'caller',
    transient: false,
    title: 'There is no such model',
    cause:
      'The name is not one of the models in the settings, or no model was named and none is the default.',
    fix: 'Use one of the names given in the detail: POST /api/predict/<name>.',
  },
  NotFound: {
    status: 404,
    fault: 'caller',
    transient: false,
    title: 'There is nothing here',
    cause: 'The address or the name does not exist.',
    fix: 'Check the address against the README.',
  },
  ModelNotPublished: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The model is not published here',
    cause:
      'No iteration is published under this name on this prediction resource. The published name is not the iteration’s own name.',
    fix: 'In the Custom Vision portal: Performance → Publish, choose this prediction resource, and put that published name into the settings.',
  },
  ProjectNotFound: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The project does not exist on this account',
    cause: 'The project id in the settings is not known to the prediction resource.',
    fix: 'Copy the prediction URL again (portal: Performance → Prediction URL) into VISION_PREDICTION_URL.',
  },
  TaskMismatch: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The project is of the other kind',
    cause: 'A classification project was asked to detect, or a detection project to classify.',
    fix: 'Set the model’s task to the other of classify and detect.',
  },
  VisionConfigurationRefused: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'Custom Vision refused the request as configured',
    cause:
      'The model’s settings, its domain or the account do not allow this operation; the detail has the service’s own words.',
    fix: 'Compare the model’s settings with the prediction URL shown in the Custom Vision portal.',
  },
  CustomSubdomainRequired: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The account has no custom subdomain',
    cause: 'Tokens are taken only at https://<name>.cognitiveservices.azure.com, not at a regional address.',
    fix: 'az cognitiveservices account update --name <account> --resource-group <group> --custom-domain <name>',
  },
  PermissionDenied: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The identity has no right to predict on this account',
    cause:
      'The token is good, but its identity has no role with prediction rights on this account (Owner and Contributor have none). A new role needs some minutes to spread.',
    fix: 'az role assignment create --assignee-object-id <object id> --assignee-principal-type ServicePrincipal --role "Cognitive Services User" --scope <resource id of the prediction account>',
  },
  TokenRefused: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'Custom Vision did not accept the token',
    cause: 'The token’s audience, tenant or time is not what the account expects.',
    fix: 'Check that the account is in the tenant of the identity and that this machine’s clock is right.',
  },
  KeyRefused: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'Keys are switched off on this account',
    cause: 'Something on the way put a key on the request; the account takes tokens only, as it should.',
    fix: 'Remove what adds the key, a proxy or a policy of API Management; this app never sends one.',
  },
  NetworkBlocked: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The account’s firewall refused the call',
    cause: 'The address or virtual network of this app is not among those the account admits.',
    fix: 'az cognitiveservices account network-rule add --name <account> --resource-group <group> --subnet <subnet id of the app>',
  },
  AccessForbidden: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'Custom Vision forbids this',
    cause:
      'The project or subscription does not let this identity do the operation; the detail has the service’s own words.',
    fix: 'Check the role of the identity and the state of the subscription of the prediction account.',
  },
  QuotaExceeded: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The account’s quota is used up',
    cause: 'The free tier F0 scores 10,000 pictures a month.',
    fix: 'Move the prediction account to S0, or wait for the next month.',
  },
  RateLimited: {
    status: 429,
    fault: 'service',
    transient: true,
    title: 'Too many predictions at once',
    cause: 'The account’s rate is used up: per second F0 takes 2, S0 10 with storing and 20 without.',
    fix: 'Wait the seconds in Retry-After and try again; for more, spread the pictures over several accounts.',
  },
  VisionUnavailable: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'Custom Vision has trouble',
    cause: 'The service answered with a server error each time it was asked.',
    fix: 'Try again in some minutes; see https://azure.status.microsoft if it stays.',
  },
  VisionUnreachable: {
    status: 502,
    fault: 'service',
    transient: true,
    title: 'Custom Vision cannot be reached',
    cause: 'The connection was refused or broken off, or the host name is not known.',
    fix: 'Check the endpoint in the settings: curl -I <endpoint>. With a private endpoint, check its DNS zone.',
  },
  VisionTimeout: {
    status: 504,
    fault: 'service',
    transient: true,
    title: 'Custom Vision did not answer in time',
    cause: 'No answer came within the time that this app allows.',
    fix: 'Try again; a model that rested needs some seconds for its first answer.',
  },
  VisionAnswerInvalid: {
    status: 502,
    fault: 'service',
    transient: true,
    title: 'The answer is not one of Custom Vision’s',
    cause: 'A page, an empty answer or foreign JSON came back, as from a proxy or a wrong endpoint.',
    fix: 'Check that the endpoint in the settings is the prediction account’s own.',
  },
  StorageRefused: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The storage account refused the identity',
    cause: 'The identity has no data role on the storage account of the pictures.',
    fix: 'az role assignment create --assignee-object-id <object id> --assignee-principal-type ServicePrincipal --role "Storage Blob Data Owner" --scope <resource id of the storage account>',
  },
  StorageUnavailable: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'The storage account has trouble',
    cause: 'It did not answer, or answered with a server error.',
    fix: 'Try again in a minute; check ImageStorage in the settings if it stays.',
  },
  PictureBusy: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'Another instance is working on the picture',
    cause: 'Two events of one picture came at the same time; only one instance works on it.',
    fix: 'Nothing to do: the picture is tried again, and finds the document the other wrote.',
  },
  GivenUp: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'The picture was given up',
    cause: 'Each of the platform’s attempts failed, and the reason of the last one is not known.',
    fix: 'Look at the app’s log of that time, then: npm run keyless -- retry --code GivenUp',
  },
  Unexpected: {
    status: 500,
    fault: 'service',
    transient: true,
    title: 'Something unforeseen went wrong',
    cause: 'A fault in this app that its error book does not know.',
    fix: 'Find the request id in the app’s log, and report what stands there.',
  },
  // callers
  TokenMissing: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'No token was sent',
    cause:
      'This app answers managed identities with an app role; the Authorization header holds no Bearer token.',
    fix: 'Send Authorization: Bearer <token>; the token in code: new ManagedIdentityCredential().getToken("<App ID URI>/.default").',
  },
  TokenMalformed: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token cannot be read',
    cause: 'It is cut off, too long, not a token of Entra, or lacks a claim that every one of these has.',
    fix: 'Send the token as it was issued, one alone: new ManagedIdentityCredential().getToken("<App ID URI>/.default").',
  },
  TokenSignatureInvalid: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token is not signed by the expected tenant',
    cause:
      'Its signature, algorithm or key is not one of the tenant in the settings. Tokens for Microsoft Graph never verify elsewhere.',
    fix: 'Ask for a token for this API: new ManagedIdentityCredential().getToken("<App ID URI>/.default").',
  },
  TokenIssuerWrong: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token comes from another issuer',
    cause: 'Its issuer or tenant is not the one in ENTRA_TENANT_ID, or does not fit its version.',
    fix: 'Call with an identity of that tenant; the operator compares ENTRA_TENANT_ID with: az account show --query tenantId.',
  },
  TokenAudienceWrong: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token is for another API',
    cause:
      'Its audience is not in ENTRA_AUDIENCE. A token of version 2 always names the client id, one of version 1 what was asked for.',
    fix: 'Ask for the scope <App ID URI>/.default of this API; the operator lists its client id and its App ID URI in ENTRA_AUDIENCE.',
  },
  TokenExpired: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token has expired',
    cause: 'Its end (exp) is over, more than a minute ago.',
    fix: 'Ask the credential for a token before each call; it keeps one and renews it in time. Check the clock.',
  },
  TokenNotYetValid: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token is not valid yet',
    cause: 'Its start (nbf) is more than a minute ahead of this machine’s clock.',
    fix: 'Check the clocks on both sides.',
  },
  TokenDelegated: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token is one of a signed-in user',
    cause: 'It carries scopes of a user, as after az login; only tokens of applications are taken.',
    fix: 'Call with a managed identity: new ManagedIdentityCredential().getToken("<App ID URI>/.default").',
  },
  RoleMissing: {
    status: 403,
    fault: 'caller',
    transient: false,
    title: 'The identity lacks the app role',
    cause:
      'The token is good, but its claim roles does not have the app role. A managed identity’s token shows a new role only after up to 24 hours.',
    fix: 'az rest --method POST --url https://graph.microsoft.com/v1.0/servicePrincipals/<object id>/appRoleAssignments --body \'{"principalId":"<object id>","resourceId":"<resource id>","appRoleId":"<app role id>"}\'',
  },
  CallerKeysUnavailable: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'Callers cannot be checked',
    cause: 'The keys that tokens are checked with could not be fetched from the authority.',
    fix: 'Try again in some seconds. If it stays: curl <ENTRA_AUTHORITY>/<ENTRA_TENANT_ID>/v2.0/.well-known/openid-configuration',
  },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof errorBook;

type Extras = { cause?: unknown; fix?: string; retryAfterSeconds?: number; attempts?: number };

/** The one error of this app. Its message names what was tried and on what; never a token, a key or a setting's value. */
export class KeylessError extends Error {
  override name = 'KeylessError';
  readonly code: ErrorCode;
  /** The next thing to do; the book's own unless something more exact is known. */
  readonly fix: string;
  readonly retryAfterSeconds: number | undefined;
  /** Calls made before giving up, where calls were made. */
  readonly attempts: number | undefined;

  constructor(code: ErrorCode, detail: string, extras: Extras = {}) {
    super(detail, { cause: extras.cause });
    this.code = code;
    this.fix = extras.fix ?? errorBook[code].fix;
    this.retryAfterSeconds = extras.retryAfterSeconds;
    this.attempts = extras.attempts;
  }

  get entry(): Entry {
    return errorBook[this.code];
  }

  /** The same error, telling how often it was tried. */
  afterAttempts(attempts: number): KeylessError {
    const { retryAfterSeconds } = this;
    return new KeylessError(
      this.code,
      attempts > 1 ? `${this.message} (${attempts} attempts)` : this.message,
      {
        cause: this.cause,
        fix: this.fix,
        attempts,
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      },
    );
  }

  get transient(): boolean {
    return this.entry.transient;
  }
}

/** Whatever was thrown, as an error of the book. */
export function asKeylessError(thrown: unknown): KeylessError {
  if (thrown instanceof KeylessError) return thrown;
  const detail =
    thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : 'A value that is no error was thrown.';
  return new KeylessError('Unexpected', detail, { cause: thrown });
}
