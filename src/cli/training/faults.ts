import { KeylessError } from '../../errors/errors.ts';
import type { Principal } from '../../identity/ownClaims.ts';
import { codeForAnswer } from '../../vision/serviceErrors.ts';
import { accountOf, answered, causeOf, grantFix, spoken, tokenRefused } from '../../vision/spoken.ts';

/** An answer that is no success. */
export type Refused = { status: number; text: string; retryAfterSeconds?: number };

/** What a call is to its caller, and the least role that may: https://learn.microsoft.com/azure/ai-services/custom-vision-service/role-based-access-control */
const RIGHTS = {
  GET: { may: 'read projects', role: 'Cognitive Services Custom Vision Reader' },
  POST: { may: 'export', role: 'Cognitive Services Custom Vision Deployment' },
  PATCH: { may: 'change projects', role: 'Cognitive Services Custom Vision Trainer' },
} as const;

/** A refusal of the training API as an error of the book, with what to do at a training account. */
export function trainingRefusal(refused: Refused, target: string, endpoint: string, principal: Principal) {
  const { status, text, retryAfterSeconds } = refused;
  const said = spoken(text);
  const detail = answered(status, said, target);
  const cause = causeOf(status, text);
  const account = accountOf(endpoint);
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
  return new KeylessError(
    'PermissionDenied',
    `${detail} Identity ${principal.objectId} has no role on account ${account} that lets it ${may}.`,
    { cause, fix: grantFix(principal, role, account) },
  );
}
