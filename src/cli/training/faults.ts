import { KeylessError } from '../../errors/errors.ts';
import { grantCommand, type Principal } from '../../identity/ownClaims.ts';
import { codeForAnswer } from '../../vision/serviceErrors.ts';
import { answered, spoken, tokenRefused } from '../../vision/spoken.ts';

/** An answer that is no success: `body` is what its JSON held, if it held any. */
export type Refused = { status: number; body: unknown; retryAfterSeconds?: number };

const CAUSE_CHARACTERS = 2_000;
/** What a call is to its caller, and the least role that may: https://learn.microsoft.com/azure/ai-services/custom-vision-service/role-based-access-control */
const RIGHTS = {
  GET: { may: 'read projects', role: 'Cognitive Services Custom Vision Reader' },
  POST: { may: 'export', role: 'Cognitive Services Custom Vision Deployment' },
  PATCH: { may: 'change projects', role: 'Cognitive Services Custom Vision Trainer' },
} as const;

/** A refusal of the training API as an error of the book, with what to do at a training account. */
export function trainingRefusal(refused: Refused, target: string, endpoint: string, principal: Principal) {
  const { status, body, retryAfterSeconds } = refused;
  const said = spoken(body);
  const detail = answered(status, said, target);
  const cause = new Error(`HTTP ${status}: ${(JSON.stringify(body) ?? '').slice(0, CAUSE_CHARACTERS)}`);
  const account = new URL(endpoint).hostname.split('.')[0] ?? '';
  // The gateway knows no such path, or sends elsewhere: it is an account of another kind, or none.
  if (
    (status >= 300 && status < 400) ||
    (status === 404 && (said.byGateway || said.code === undefined)) ||
    said.code === 'BadRequestSubscriptionApi'
  ) {
    return new KeylessError(
      'VisionConfigurationRefused',
      `${detail} ${account} seems to be no training account.`,
      {
        cause,
        fix: 'Give the address of the training account, not of the prediction account: az cognitiveservices account list --query "[?kind==\'CustomVision.Training\'].properties.endpoint" --output tsv',
      },
    );
  }
  const code = codeForAnswer(status, said.code, said.message);
  if (code === 'PermissionDenied') return noRole(detail, account, principal, RIGHTS[methodOf(target)], cause);
  if (code === 'TokenRefused') return tokenRefused(detail, principal, cause);
  return new KeylessError(code, detail, {
    cause,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

export const notTraining = (target: string, why: string): KeylessError =>
  new KeylessError('VisionAnswerInvalid', `The answer is none of the training API (${why}): ${target}.`, {
    fix: 'Check that the endpoint is the training account’s own.',
  });

const methodOf = (target: string): keyof typeof RIGHTS =>
  /^(?:POST|PATCH) /u.test(target) ? (target.split(' ', 1)[0] as 'POST' | 'PATCH') : 'GET';

function noRole(
  detail: string,
  account: string,
  principal: Principal,
  { may, role }: (typeof RIGHTS)[keyof typeof RIGHTS],
  cause: unknown,
): KeylessError {
  const who = principal.objectId ?? '<object id of the identity>';
  return new KeylessError(
    'PermissionDenied',
    `${detail} Identity ${who} has no role on account ${account} that lets it ${may}.`,
    { cause, fix: `${grantCommand(principal, role, account)}, then wait some minutes` },
  );
}
