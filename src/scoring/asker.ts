import { asKeylessError, type ErrorCode, KeylessError } from '../errors/errors.ts';
import type { AskModel, Budget } from '../prediction.ts';
import { type ExportModel, isExport, type ServiceModel } from '../settings/settings.ts';

/** The service is down, over its rate, or gone. What an operator has to set right is told instead. */
const STANDS_IN: ReadonlySet<ErrorCode> = new Set([
  ...(['VisionUnavailable', 'VisionUnreachable', 'VisionTimeout', 'VisionAnswerInvalid'] as const),
  ...(['RateLimited', 'QuotaExceeded', 'ModelNotPublished', 'ProjectNotFound'] as const),
]);

/** Where somebody can answer for it, the service is not waited for to the end. */
const impatient = (budget: Budget): Budget => ({
  ...budget,
  total: Math.min(budget.total, 10_000),
  attempt: Math.min(budget.attempt, 8_000),
  queue: Math.min(budget.queue ?? budget.total, 5_000),
});

/**
 * Asks whoever a model is of: the service, or the exports that run in this app; where a model of the service has a
 * fallback, that answers when the service does not, and the answer says so.
 */
export function createAsker(service: AskModel<ServiceModel>, exported: AskModel<ExportModel>): AskModel {
  return async (model, image, budget, options) => {
    if (isExport(model)) return exported(model, image, budget, options);
    const { fallback } = model;
    if (fallback === undefined || 'url' in image) return service(model, image, budget, options);
    const started = performance.now();
    try {
      return await service(model, image, impatient(budget), options);
    } catch (thrown) {
      const fault = asKeylessError(thrown);
      if (!STANDS_IN.has(fault.code) || options?.signal?.aborted) throw fault;
      const failed = { code: fault.code, durationMs: Math.round(performance.now() - started) };
      const answered = await exported(standIn(model, fallback), image, budget, options).catch(
        (error: unknown) => {
          throw bothFailed(fault, fallback, asKeylessError(error));
        },
      );
      const { projectId, publishedName } = model;
      const { code, detail } = fault;
      return {
        value: { ...answered.value, fallbackFor: { projectId, publishedName, code, detail } },
        attempts: answered.attempts + (fault.attempts ?? 1),
        failedAttempts: [failed, ...answered.failedAttempts],
      };
    }
  };
}

const standIn = ({ name, paths, threshold, tiles, task }: ServiceModel, fallback: string): ExportModel => ({
  ...{ name, paths, threshold, tiles, task },
  export: fallback,
});

/** The service’s own fault counts, for it says whether trying again helps; the operator hears of the fallback too. */
function bothFailed(
  fault: KeylessError,
  fallback: string,
  { code, message, fix }: KeylessError,
): KeylessError {
  const { retryAfterSeconds, attempts } = fault;
  return new KeylessError(
    fault.code,
    `${fault.message} Its fallback did not answer either: ${code}: ${message}`,
    {
      ...{ cause: fault.cause, fix: `${fault.fix} For the fallback ${fallback}: ${fix}` },
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(attempts !== undefined && { attempts }),
    },
  );
}
