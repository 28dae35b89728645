import * as v from 'valibot';
import { isScope } from './callers.ts';
import { parseEntry, text } from './json.ts';
import { type Problems, shown } from './problem.ts';

/** A web API that Entra app roles protect. Without `role` any app role of it will do. */
export type ApiTarget = { kind: 'api'; url: string; scope: string; role?: string; private: boolean };
/** A custom topic of Event Grid. */
export type TopicTarget = { kind: 'topic'; url: string; private: boolean };
/** Mail through Communication Services, from an address of a domain linked to it. */
export type MailTarget = {
  kind: 'mail';
  url: string;
  from: string;
  recipients: readonly string[];
  /** Azure’s own or the operator’s: its limits differ. */
  domain: 'managed' | 'custom';
  private: boolean;
};
/** `private`: the address may be one of a private network. */
export type Target = ApiTarget | TopicTarget | MailTarget;

/** A target, for people. */
export const targetName = ({ kind, url }: Target): string => `${kind} ${new URL(url).host}`;

const MAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/u;
const address = v.pipe(text, v.regex(MAIL, 'a mail address, name@domain'));
/** Of a mail: https://learn.microsoft.com/azure/communication-services/concepts/service-limits#size-limits-for-email */
const MOST_RECIPIENTS = 50;

const isPrivate = v.optional(v.boolean('true or false'), false);
const schemas = {
  api: v.strictObject({ api: text, scope: text, role: v.exactOptional(text), private: isPrivate }),
  topic: v.strictObject({ topic: text, private: isPrivate }),
  mail: v.strictObject({
    mail: text,
    from: address,
    recipients: v.pipe(
      v.array(address, 'a list of mail addresses'),
      v.minLength(1, 'at least one address'),
      v.maxLength(MOST_RECIPIENTS, `${MOST_RECIPIENTS} addresses at most`),
    ),
    domain: v.optional(v.picklist(['managed', 'custom'], '"managed" or "custom"'), 'managed'),
    private: isPrivate,
  }),
};

/** `to` of a rule: exactly one of `api`, `topic` and `mail`, with what belongs to it. Undefined after a problem. */
export function readTarget(setting: string, value: unknown, problem: Problems): Target | undefined {
  const given = typeof value === 'object' && value !== null ? value : {};
  const kinds = (['api', 'topic', 'mail'] as const).filter((kind) => Object.hasOwn(given, kind));
  const [kind] = kinds;
  if (kinds.length !== 1 || !kind) {
    problem({
      setting,
      expected: 'an object with one of api, topic and mail: the address that is told',
      got: kinds.length > 1 ? kinds.join(' and ') : shown(value),
    });
    return undefined;
  }
  if (kind === 'api') return readApi(setting, value, problem);
  if (kind === 'topic') return readTopic(setting, value, problem);
  return readMail(setting, value, problem);
}

function readApi(setting: string, value: unknown, problem: Problems): ApiTarget | undefined {
  const entry = parseEntry(setting, schemas.api, value, problem);
  if (!entry) return undefined;
  const { api, scope, role } = entry;
  const url = secureUrl(`${setting}.api`, api, problem);
  if (!isScope(scope)) {
    problem({
      setting: `${setting}.scope`,
      expected: 'the App ID URI of the API with /.default behind it, such as api://<client id>/.default',
      got: shown(scope),
    });
    return undefined;
  }
  return url && { kind: 'api', url: url.href, scope, ...(role && { role }), private: entry.private };
}

function readTopic(setting: string, value: unknown, problem: Problems): TopicTarget | undefined {
  const entry = parseEntry(setting, schemas.topic, value, problem);
  const url = entry && secureUrl(`${setting}.topic`, entry.topic, problem);
  if (!url) return undefined;
  if (url.pathname !== '/api/events') {
    problem({
      setting: `${setting}.topic`,
      expected: 'the topic’s endpoint, https://<name>.<region>-1.eventgrid.azure.net/api/events',
      got: shown(entry.topic),
    });
    return undefined;
  }
  return { kind: 'topic', url: url.href, private: entry.private };
}

function readMail(setting: string, value: unknown, problem: Problems): MailTarget | undefined {
  const entry = parseEntry(setting, schemas.mail, value, problem);
  const url = entry && secureUrl(`${setting}.mail`, entry.mail, problem);
  if (!url) return undefined;
  if (url.pathname !== '/') {
    problem({
      setting: `${setting}.mail`,
      expected:
        'the endpoint of Communication Services alone, https://<name>.<region>.communication.azure.com',
      got: shown(entry.mail),
    });
    return undefined;
  }
  const { from, recipients, domain } = entry;
  return { kind: 'mail', url: url.origin, from, recipients, domain, private: entry.private };
}

/** Where a token goes: over https alone, on this machine too, and without anything secret in the address. */
function secureUrl(setting: string, given: string, problem: Problems): URL | undefined {
  const url = URL.parse(given);
  if (url?.protocol === 'https:' && !url.username && !url.password && !url.search && !url.hash) return url;
  problem({
    setting,
    expected:
      'an address that begins with https://, without user, query or fragment: it gets a token, and needs no key',
    ...(!url?.search && !url?.username && !url?.password && { got: shown(given) }),
  });
  return undefined;
}
