import type { PipelineOptions, PipelinePolicy } from '@azure/core-rest-pipeline';
import { fetch } from 'undici';
import { agentThrough } from '../../outbound/agents.ts';
import { dispatcherThrough } from '../../outbound/dispatchers.ts';
import { isStranger } from '../../outbound/failure.ts';
import { proxyFault } from '../../outbound/proxyFault.ts';
import { waysOut } from '../../settings/proxies.ts';
import { type Answer, STRANGER } from './answer.ts';

/** Such an answer as an error that `answerOf` knows, whichever SDK hands it on. */
export function stranger(service: Answer['service'], address: string, status: number): Error {
  const message = `${new URL(address).host} answered HTTP ${status}, but not as ${service} does`;
  return Object.assign(new Error(message), { name: STRANGER, code: STRANGER, statusCode: undefined });
}

const ownAnswers: PipelinePolicy = {
  name: 'ownAnswers',
  async sendRequest(request, next) {
    const answer = await next(request);
    if (!isStranger(answer.status, answer.headers.get('content-type'))) return answer;
    throw stranger('Azure Resource Manager', request.url, answer.status);
  },
};

/** How the clients of ARM go out, and which answers count. */
export function wayToArm(endpoint: string) {
  const url = new URL(endpoint);
  return {
    agent: agentThrough(waysOut()(url), url),
    additionalPolicies: [{ policy: ownAnswers, position: 'perRetry' as const }],
  } satisfies PipelineOptions & { additionalPolicies: unknown };
}

/** The innermost part of a Graph client: the app’s one way out, no redirect followed with a token. */
export const wayToGraph = {
  async execute(context: { request: unknown; options?: object; response?: unknown }): Promise<void> {
    const address = String(context.request);
    const url = new URL(address);
    const proxy = waysOut()(url);
    const answer = await fetch(address, {
      ...context.options,
      redirect: 'manual',
      dispatcher: dispatcherThrough(proxy),
    }).catch((error: { cause?: unknown }) => {
      const fault = proxy && proxyFault(error, proxy, url.host);
      // the client keeps an error’s name and message alone
      throw fault ? Object.assign(fault, { name: fault.code }) : (error.cause ?? error);
    });
    if (isStranger(answer.status, answer.headers.get('content-type')))
      throw stranger('Microsoft Graph', address, answer.status);
    context.response = answer;
  },
};
