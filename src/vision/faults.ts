import type { HttpOperationResponse } from '@azure/ms-rest-js';
import { asKeylessError, KeylessError } from '../errors/errors.ts';
import type { Principal } from '../identity/ownClaims.ts';
import { OutboundFailure } from '../outbound/failure.ts';
import { readRetryAfter } from '../outbound/retryAfter.ts';
import type { ServiceModel } from '../settings/settings.ts';
import { codeForAnswer } from './serviceErrors.ts';
import { accountOf, answered, causeOf, grantFix, spoken, tokenRefused } from './spoken.ts';

const RATE_LIMIT_FALLBACK_S = 1;

/** For the words of an error: the operation and its target. */
export const targetOf = ({ task, publishedName, projectId, endpoint }: ServiceModel): string =>
  `${task} with ${publishedName} of project ${projectId} at ${new URL(endpoint).host}`;

/** An answer that is none of a prediction, as an error of the book. */
export function refusal(
  answer: Pick<HttpOperationResponse, 'status' | 'headers' | 'bodyAsText'>,
  model: ServiceModel,
  principal: Principal,
): KeylessError {
  const target = targetOf(model);
  const { status, headers } = answer;
  const text = answer.bodyAsText ?? '';
  const cause = causeOf(status, text);
  const wait = readRetryAfter(headers.get('retry-after'));
  const said = spoken(text);
  const code = codeForAnswer(status, said.code, said.message);
  const detail = answered(status, said, target);
  switch (code) {
    case 'PermissionDenied':
      return permissionDenied(detail, model, principal, cause);
    case 'TokenRefused':
      return tokenRefused(detail, principal, cause);
    case 'TaskMismatch':
      return new KeylessError(code, detail, {
        cause,
        fix: `Set the task of model ${model.name} to ${model.task === 'classify' ? 'detect' : 'classify'}.`,
      });
    default: {
      const retryAfterSeconds = wait ?? (code === 'RateLimited' ? RATE_LIMIT_FALLBACK_S : undefined);
      return new KeylessError(code, detail, {
        cause,
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      });
    }
  }
}

/** No answer that could be read. What is no connection’s fault is ours. */
export function connectionFault(thrown: unknown, target: string): KeylessError {
  const cause = thrown;
  if (thrown instanceof KeylessError) return thrown;
  if (thrown instanceof OutboundFailure && thrown.ending !== 'silence') {
    return thrown.ending === 'foreign'
      ? new KeylessError('VisionAnswerInvalid', `The service ${thrown.message}: ${target}.`, { cause })
      : new KeylessError('VisionUnreachable', `The connection failed (${thrown.code}): ${target}.`, {
          cause,
        });
  }
  // the SDK looks at the signal too
  if (thrown instanceof OutboundFailure || (thrown instanceof Error && thrown.name === 'AbortError'))
    return new KeylessError('VisionTimeout', `No answer in time: ${target}.`, { cause });
  return asKeylessError(cause);
}

function permissionDenied(
  detail: string,
  model: ServiceModel,
  principal: Principal,
  cause: unknown,
): KeylessError {
  const account = accountOf(model.endpoint);
  return new KeylessError(
    'PermissionDenied',
    `${detail} Identity ${principal.objectId} has no role with prediction rights on account ${account}.`,
    {
      cause,
      fix: grantFix(principal, 'Cognitive Services User', account),
    },
  );
}
