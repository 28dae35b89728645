import { KeylessError } from '../../errors/errors.ts';
import { codeForAnswer } from '../../vision/serviceErrors.ts';

/** An answer that is no success: `body` is what its JSON held, if it held any. */
export type Refused = { status: number; body: unknown; retryAfterSeconds?: number };
/** Who asked; `user` is a person signed in on this machine. */
export type Asker = { objectId?: string; tenantId?: string; audience?: string; user?: boolean };

const SHOWN_CHARACTERS = 300;
/** What a call is to its caller, and the least role that may: https://learn.microsoft.com/azure/ai-services/custom-vision-service/role-based-access-control */
const RIGHTS = {
  GET: { may: 'read projects', role: 'Cognitive Services Custom Vision Reader' },
  POST: { may: 'export', role: 'Cognitive Services Custom Vision Deployment' },
  PATCH: { may: 'change projects', role: 'Cognitive Services Custom Vision Trainer' },
} as const;

/** A refusal of the training API as an error of the book, with what to do at a training account. */
export function trainingRefusal(refused: Refused, target: string, endpoint: string, asker: Asker) {
  const { status, retryAfterSeconds } = refused;
  const { code: serviceCode, message, byGateway } = spoken(refused.body);
  const words = `${status}${serviceCode && serviceCode !== String(status) ? ` ${serviceCode}` : ''}${message ? ` “${message.slice(0, SHOWN_CHARACTERS)}”` : ''}`;
  const detail = `Custom Vision answered ${words} to ${target}.`;
  const account = new URL(endpoint).hostname.split('.')[0];
  // The gateway knows no such path, or sends elsewhere: it is an account of another kind, or none.
  if (
    (status >= 300 && status < 400) ||
    (status === 404 && (byGateway || serviceCode === undefined)) ||
    serviceCode === 'BadRequestSubscriptionApi'
  ) {
    return new KeylessError(
      'VisionConfigurationRefused',
      `${detail} ${account} seems to be no training account.`,
      {
        fix: 'Give the address of the training account, not of the prediction account: az cognitiveservices account list --query "[?kind==\'CustomVision.Training\'].properties.endpoint" --output tsv',
      },
    );
  }
  const code = codeForAnswer(status, serviceCode, message);
  if (code === 'PermissionDenied') return noRole(detail, account, asker, RIGHTS[methodOf(target)]);
  if (code === 'TokenRefused') {
    return new KeylessError(
      code,
      `${detail} The token is for ${asker.audience ?? 'an unknown audience'}, from tenant ${asker.tenantId ?? 'unknown'}.`,
    );
  }
  return new KeylessError(code, detail, { ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
}

export const notTraining = (target: string, why: string): KeylessError =>
  new KeylessError('VisionAnswerInvalid', `The answer is none of the training API (${why}): ${target}.`, {
    fix: 'Check that the endpoint is the training account’s own.',
  });

const methodOf = (target: string): keyof typeof RIGHTS =>
  /^(?:POST|PATCH) /u.test(target) ? (target.split(' ', 1)[0] as 'POST' | 'PATCH') : 'GET';

function noRole(
  detail: string,
  account: string | undefined,
  { objectId, user }: Asker,
  { may, role }: (typeof RIGHTS)[keyof typeof RIGHTS],
): KeylessError {
  const who = objectId ?? '<object id of the identity>';
  return new KeylessError(
    'PermissionDenied',
    `${detail} Identity ${who} has no role on account ${account} that lets it ${may}.`,
    {
      fix:
        `az role assignment create --assignee-object-id ${who} --assignee-principal-type ${user ? 'User' : 'ServicePrincipal'} --role "${role}" ` +
        `--scope $(az cognitiveservices account list --query "[?properties.customSubDomainName=='${account}'].id" --output tsv), then wait some minutes`,
    },
  );
}

export const serviceCodeOf = (body: unknown): string | undefined => spoken(body).code;

/** Custom Vision speaks flat ({ code, message }), its gateway nested ({ error: { code, message } }). */
function spoken(body: unknown): { code: string | undefined; message: string; byGateway: boolean } {
  const outer = isRecord(body) ? body : {};
  const byGateway = isRecord(outer.error);
  const { code, message } = isRecord(outer.error) ? outer.error : outer;
  return {
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
    message: typeof message === 'string' ? message : '',
    byGateway,
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
