import { randomUUID } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import { KeylessError } from '../../errors/errors.ts';
import type { MailTarget } from '../../settings/notifyTarget.ts';
import { answerFault, spokenCode } from '../answers.ts';
import { authorized } from '../authorized.ts';

/** The double slash belongs to it: https://learn.microsoft.com/azure/communication-services/concepts/authentication */
export const MAIL_SCOPE = 'https://communication.azure.com//.default';
const API_VERSION = '2025-09-01';

export type Letter = {
  subject: string;
  plainText: string;
  html: string;
  /** By content id, which the HTML names as `cid:`. */
  pictures: readonly { id: string; jpeg: Buffer }[];
};

/**
 * Hands a mail to Communication Services, by one POST under an id of our own: what is sent twice under one is queued
 * once. Accepted is the end; nothing is polled. Rejects with a KeylessError.
 */
export async function sendMail(
  credential: TokenCredential,
  target: MailTarget,
  operationId: string,
  letter: Letter,
): Promise<void> {
  const { subject, plainText, html, pictures } = letter;
  const body = JSON.stringify({
    senderAddress: target.from,
    content: { subject, plainText, html },
    recipients: { to: target.recipients.map((address) => ({ address })) },
    attachments: pictures.map(({ id, jpeg }) => ({
      ...{ name: `${id}.jpg`, contentId: id, contentType: 'image/jpeg' },
      contentInBase64: jpeg.toString('base64'),
    })),
    userEngagementTrackingDisabled: true,
  });
  const sent = {
    url: `${target.url}/emails:send?api-version=${API_VERSION}`,
    private: target.private,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'operation-id': operationId,
      'x-ms-client-request-id': randomUUID(),
    },
    body,
  };
  await authorized(credential, MAIL_SCOPE, sent, (answer, host) => {
    if (answer.status === 202) return;
    const linked = spokenCode(answer) !== 'DomainNotLinked';
    throw answerFault(answer, host, linked ? undefined : 'MailDomainNotLinked');
  });
}

/** One look at an accepted mail, some minutes later: throws MailDropped where it was not sent after all. */
export async function lookAfter(
  credential: TokenCredential,
  target: MailTarget,
  operationId: string,
): Promise<void> {
  const sent = {
    method: 'GET',
    url: `${target.url}/emails/operations/${operationId}?api-version=${API_VERSION}`,
    private: target.private,
  } as const;
  const answer = await authorized(credential, MAIL_SCOPE, sent, () => {});
  if (answer.status !== 200) return; // there is no second look: reads are few
  const { status } = JSON.parse(answer.text) as { status?: unknown };
  if (status !== 'Failed' && status !== 'Canceled') return;
  const code = spokenCode(answer) ?? String(status);
  throw new KeylessError(
    'MailDropped',
    `The mail ${operationId} to ${target.recipients.length} recipients ended ${status}: ${code}.`,
  );
}
