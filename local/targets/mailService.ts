import { randomUUID } from 'node:crypto';
import { type Assignments, MAIL_ACCOUNT } from '../identity/assignments.ts';
import { type Mail, readMail } from './mail.ts';
import {
  startTargetServer,
  type TargetAnswer,
  type TargetOptions,
  type TargetServer,
} from './targetServer.ts';

export const MAIL_DOMAIN = '3c7e1f2a-9b8d-4c5e-a6f7-0d1e2f3a4b5c.azurecomm.net';

export type MailService = TargetServer & {
  /** That were queued, once an operation. */
  readonly mails: readonly Mail[];
  /** How often the same Operation-Id came again. */
  readonly repeated: number;
  /** Domains it may send for. */
  linkedDomains: Set<string>;
  /** Mails a minute and an hour; those of a managed domain unless told: tries that are refused count too. */
  limits: { minute: number; hour: number };
  /** Operations that end Failed, once they are looked at. */
  suppressed: Set<string>;
  /** One in so many accepted mails is answered with a body that breaks off; 0: none. */
  brokenEvery: number;
};

type Options = Pick<TargetOptions, 'tls' | 'authority'> & {
  assignments: Pick<Assignments, 'has'>;
  /** The clock of the limits, in milliseconds. */
  now?: () => number;
};

/**
 * Communication Services’ mail, REST 2025-09-01, with its documented answers and limits:
 * https://learn.microsoft.com/rest/api/communication/email and .../communication-services/concepts/service-limits
 */
export async function startMailService(options: Options): Promise<MailService> {
  const { now = Date.now } = options;
  const mails: Mail[] = [];
  const tries: number[] = [];
  let repeated = 0;
  let accepted = false;

  const server = await startTargetServer({
    ...options,
    audiences: ['https://communication.azure.com/'],
    wordFault: (status) => ({ error: { code: status === 429 ? 'TooManyRequests' : 'InternalServerError' } }),
    breaksAfterwards: () => accepted && service.brokenEvery > 0 && mails.length % service.brokenEvery === 0,
    answer: (request, caller) => {
      accepted = false;
      const url = new URL(request.path, 'https://127.0.0.1');
      const { oid } = caller ?? {};
      if (!options.assignments.has(String(oid), MAIL_ACCOUNT, 'Communication and Email Service Owner')) {
        return refusal(401, 'Denied', 'Denied by the resource provider.');
      }
      const [, operation] = /^\/emails\/operations\/([\w-]+)$/u.exec(url.pathname) ?? [];
      if (operation) return statusOf(operation);
      if (request.method !== 'POST' || url.pathname !== '/emails:send')
        return refusal(404, 'NotFound', 'There is nothing here.');
      return send(request.headers['operation-id'] ?? randomUUID(), request.body);
    },
  });

  function send(operationId: string, body: string): TargetAnswer {
    const at = now();
    const within = (ms: number) => tries.filter((each) => each > at - ms);
    tries.push(at);
    if (within(60_000).length > service.limits.minute || within(3_600_000).length > service.limits.hour) {
      const oldest = Math.min(...within(within(60_000).length > service.limits.minute ? 60_000 : 3_600_000));
      return refusal(429, 'TooManyRequests', 'The sending limit of the domain is used up.', {
        'retry-after': String(Math.max(1, Math.ceil((oldest + 60_000 - at) / 1000))),
      });
    }
    const mail = readMail(operationId, at, body);
    if (typeof mail === 'string') return refusal(400, 'BadRequest', mail);
    if (mail.to.some((address) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(address))) {
      return refusal(400, 'InvalidEmailAddress', 'A recipient is no mail address.');
    }
    if (!service.linkedDomains.has(mail.from.split('@')[1] ?? '')) {
      return refusal(404, 'DomainNotLinked', 'The requested domain is not linked to this resource.');
    }
    if (mails.some((each) => each.operationId === operationId)) repeated += 1;
    else mails.push(mail);
    accepted = true;
    return {
      status: 202,
      body: { id: operationId, status: 'Running' },
      headers: {
        'retry-after': '30',
        'operation-location': `${server.url}/emails/operations/${operationId}?api-version=2025-09-01`,
      },
    };
  }

  function statusOf(operation: string): TargetAnswer {
    if (service.suppressed.has(operation)) {
      const error = {
        code: 'EmailDroppedAllRecipientsSuppressed',
        message: 'All recipients are on the suppression list.',
      };
      return { status: 200, body: { id: operation, status: 'Failed', error } };
    }
    const known = mails.some(({ operationId }) => operationId === operation);
    return known
      ? { status: 200, body: { id: operation, status: 'Succeeded' } }
      : refusal(404, 'NotFound', 'No such operation.');
  }

  const switches = () => ({
    linkedDomains: new Set([MAIL_DOMAIN]),
    limits: { minute: 5, hour: 10 },
    suppressed: new Set<string>(),
    brokenEvery: 0,
  });
  const service: MailService = {
    ...server,
    mails,
    get repeated() {
      return repeated;
    },
    ...switches(),
    reset: () => {
      server.reset();
      mails.length = 0;
      tries.length = 0;
      repeated = 0;
      Object.assign(service, switches());
    },
  };
  return service;
}

const refusal = (
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): TargetAnswer => ({
  status,
  body: { error: { code, message } },
  headers: { 'x-ms-error-code': code, ...headers },
});
