/** A mail as it was sent. */
export type Mail = {
  operationId: string;
  at: number;
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  /** By content id. */
  attachments: ReadonlyMap<string, { contentType: string; bytes: Buffer }>;
};

const MOST_RECIPIENTS = 50;
const MOST_BYTES = 10 * 1024 * 1024;

type Body = {
  senderAddress?: string;
  content?: { subject?: string; plainText?: string; html?: string };
  recipients?: { to?: { address: string }[] };
  attachments?: { name: string; contentType: string; contentInBase64: string; contentId?: string }[];
};

/** The body of a send, or what is wrong with it. */
export function readMail(operationId: string, at: number, body: string): Mail | string {
  if (!/^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/iu.test(operationId)) return 'Operation-Id is to be a UUID.';
  if (Buffer.byteLength(body) > MOST_BYTES) return 'A mail has 10 MB at most.';
  const { senderAddress, content, recipients, attachments = [] } = JSON.parse(body) as Body;
  const to = (recipients?.to ?? []).map(({ address }) => address);
  if (!senderAddress || !content?.subject || to.length === 0 || to.length > MOST_RECIPIENTS) {
    return 'A mail has a sender, a subject and 1 to 50 recipients.';
  }
  return {
    ...{ operationId, at, from: senderAddress, to, subject: content.subject },
    ...{ text: content.plainText ?? '', html: content.html ?? '' },
    attachments: new Map(
      attachments.map(({ name, contentId, contentType, contentInBase64 }) => [
        contentId ?? name,
        { contentType, bytes: Buffer.from(contentInBase64, 'base64') },
      ]),
    ),
  };
}

/** As a mail program shows it: inline pictures in place of their content ids. */
export const shownHtml = ({ html, attachments }: Mail): string =>
  html.replaceAll(/cid:([\w.-]+)/gu, (whole, id: string) => {
    const found = attachments.get(id);
    return found ? `data:${found.contentType};base64,${found.bytes.toString('base64')}` : whole;
  });
