import type { RandomRequest } from './randomRequests.ts';
import type { Answer } from './sendRandom.ts';

/** Of RFC 9457 the first four, https://www.rfc-editor.org/rfc/rfc9457; the rest is this app’s. */
const MEMBERS = ['type', 'title', 'status', 'detail', 'code', 'fix', 'requestId'];

/** What is wrong with an answer, undefined where nothing is: no server error, and each refusal of the app is a whole problem. */
export function fault({ own, method }: RandomRequest, answer: Answer): string | undefined {
  const { status, contentType, body } = answer;
  if (status >= 500) return `status ${status}: ${body.toString('utf8', 0, 500)}`;
  if (status < 400) return undefined;
  if (!contentType.startsWith('application/problem+json')) {
    return own
      ? `status ${status} without a problem: ${contentType} ${body.toString('utf8', 0, 200)}`
      : undefined;
  }
  if (method === 'HEAD') return undefined;
  const problem = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  const missing = MEMBERS.filter((member) => !problem[member]);
  if (missing.length > 0) return `a problem without ${missing.join(', ')}`;
  return problem.status === status ? undefined : `status ${status} with a problem of ${problem.status}`;
}
