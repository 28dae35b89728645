import type { HttpOperationResponse } from '@azure/ms-rest-js';
import { asKeylessError, KeylessError } from '../errors/errors.ts';
import { OutboundFailure } from '../outbound/failure.ts';
import { readRetryAfter } from '../outbound/retryAfter.ts';
import type { ServiceModel } from '../settings/settings.ts';
import { parsed } from './answer.ts';
import { codeForAnswer } from './serviceErrors.ts';

/** Who asked, read from the token itself; never the token. */
export type Principal = { objectId?: string; tenantId?: string; audience?: string };

const RATE_LIMIT_FALLBACK_S = 1;
const SHOWN_CHARACTERS = 300;
const CAUSE_CHARACTERS = 2_000;

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
  const cause = new Error(`HTTP ${status}: ${text.slice(0, CAUSE_CHARACTERS)}`);
  const wait = readRetryAfter(headers.get('retry-after'));
  const { code: serviceCode, message } = spoken(text);
  const code = codeForAnswer(status, serviceCode, message);
  const words = `${status}${serviceCode && serviceCode !== String(status) ? ` ${serviceCode}` : ''}${message ? ` “${message.slice(0, SHOWN_CHARACTERS)}”` : ''}`;
  const detail = `Custom Vision answered ${words} to ${target}.`;
  switch (code) {
    case 'PermissionDenied':
      return permissionDenied(detail, model, principal, cause);
    case 'TokenRefused':
      return new KeylessError(
        code,
        `${detail} The token is for ${principal.audience ?? 'an unknown audience'}, from tenant ${principal.tenantId ?? 'unknown'}.`,
        { cause },
      );
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
  const account = new URL(model.endpoint).hostname.split('.')[0];
  const objectId = principal.objectId ?? '<object id of the identity>';
  return new KeylessError(
    'PermissionDenied',
    `${detail} Identity ${objectId} has no role with prediction rights on account ${account}.`,
    {
      cause,
      fix:
        `az role assignment create --assignee-object-id ${objectId} --assignee-principal-type ServicePrincipal --role "Cognitive Services User" ` +
        `--scope $(az cognitiveservices account list --query "[?properties.customSubDomainName=='${account}'].id" --output tsv), then wait some minutes`,
    },
  );
}

/** Custom Vision speaks flat ({ code, message }), its gateway nested ({ error: { code, message } }). */
function spoken(text: string): { code: string | undefined; message: string } {
  const body = parsed(text);
  const outer = isRecord(body) ? body : {};
  const { code, message } = isRecord(outer.error) ? outer.error : outer;
  return {
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
    message: typeof message === 'string' ? message : '',
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
