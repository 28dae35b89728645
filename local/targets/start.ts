import { readFile } from 'node:fs/promises';
import type { Certificate } from '../certificate.ts';
import { createClosing } from '../closing.ts';
import { MAIL_ACCOUNT, TOPIC_ACCOUNT } from '../identity/assignments.ts';
import type { IdentityEndpoint } from '../identity/contract.ts';
import { MAIL_DOMAIN, type MailService, startMailService } from './mailService.ts';
import { API_AUDIENCE, API_ROLE, type ProtectedApi, startProtectedApi } from './protectedApi.ts';
import { type LocalTopic, startTopic } from './topic.ts';

/** Everybody who can be told of documents, on this machine, with the rights that the app needs there. */
export type Targets = {
  api: ProtectedApi;
  topic: LocalTopic;
  mail: MailService;
  /** `to` of a rule of NOTIFY. */
  to: { api: object; topic: object; mail: object };
  /** The rights at the topic and for mail, and the API’s app role, as they are at the start. */
  grant(): void;
  reset(): void;
  close(): Promise<void>;
};

export async function startTargets(
  identity: IdentityEndpoint,
  certificate: Pick<Certificate, 'certificatePath' | 'keyPath'>,
  now?: () => number,
): Promise<Targets> {
  const closing = createClosing();
  const [cert, key] = await Promise.all([
    readFile(certificate.certificatePath),
    readFile(certificate.keyPath),
  ]);
  const options = { tls: { cert, key }, authority: identity, assignments: identity.assignments };
  const api = closing.add(await startProtectedApi(options));
  const topic = closing.add(await startTopic(options));
  const mail = closing.add(await startMailService({ ...options, ...(now && { now }) }));
  const grant = () => {
    for (const { name, objectId } of identity.identities) {
      identity.grant(name, API_AUDIENCE, [API_ROLE]);
      identity.assignments.grant(objectId, TOPIC_ACCOUNT, 'EventGrid Data Sender');
      identity.assignments.grant(objectId, MAIL_ACCOUNT, 'Communication and Email Service Owner');
    }
  };
  grant();
  return {
    ...{ api, topic, mail },
    to: {
      api: { api: `${api.url}/pictures`, scope: `${API_AUDIENCE}/.default`, role: API_ROLE, private: true },
      topic: { topic: `${topic.url}/api/events`, private: true },
      mail: {
        ...{ mail: mail.url, from: `DoNotReply@${MAIL_DOMAIN}`, recipients: ['ada@orchard.example'] },
        private: true,
      },
    },
    grant,
    reset: () => {
      for (const each of [api, topic, mail]) each.reset();
      grant();
    },
    close: closing.close,
  };
}
