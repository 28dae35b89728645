import { createCertificate } from '../../local/certificate.ts';
import { createClosing } from '../../local/closing.ts';
import { startIdentityEndpoint } from '../../local/identity/endpoint.ts';
import { startTargets } from '../../local/targets/start.ts';
import { createCredential } from '../../src/identity/credential.ts';
import type { DigestParts } from '../../src/notify/mail/digest.ts';
import type { Delivery } from '../../src/notify/telling.ts';
import { createTelling } from '../../src/notify/telling.ts';
import { createMemory } from '../../src/scoring/admission.ts';
import { putDocument } from '../../src/scoring/putDocument.ts';
import { readNotify } from '../../src/settings/notify.ts';
import type { Model } from '../../src/settings/settings.ts';
import { openContainers } from '../../src/storage/containers.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { documentName } from '../../src/storage/documentName.ts';
import { fromMetadata } from '../../src/storage/mark.ts';
import { environment, settingsOf } from '../settings/environment.ts';
import { startTestStorage } from '../support/azurite.ts';
import { trust } from '../support/trust.ts';
import { modelAt } from '../support/visionParts.ts';

export type NotifyParts = Awaited<ReturnType<typeof startNotifyParts>>;

/** Storage, identity endpoint and targets over real HTTP, a clock of its own, and messages kept in place of a queue. */
export async function startNotifyParts() {
  const closing = createClosing();
  const certificate = await createCertificate();
  closing.add({ close: certificate.remove });
  closing.add(trust(certificate.authority));
  const storage = closing.add(await startTestStorage());
  const identity = closing.add(await startIdentityEndpoint());
  Object.assign(process.env, identity.environment);
  const clock = { now: Date.parse('2026-11-26T12:00:00Z') };
  const targets = closing.add(await startTargets(identity, certificate, () => clock.now));
  const settings = settingsOf(
    environment({
      ImageStorage: storage.connectionString,
      ImageStorage__blobServiceUri: undefined,
      ImageStorage__queueServiceUri: undefined,
    }),
  );
  const containers = await openContainers(settings, () => {
    throw new Error('The emulator takes its key.');
  });
  const credential = createCredential({ kind: 'systemAssigned' });
  const messages: { message: Delivery; seconds: number; dueAt: number }[] = [];
  const logs: string[] = [];
  const log = (line: string) => void logs.push(line);
  const model: Model = modelAt('https://fruit.cognitiveservices.azure.com', { name: 'fruit' });

  function parts(rules: unknown[]): DigestParts {
    return {
      room: createMemory(256 * 1024 * 1024),
      containers,
      rules: readNotify(JSON.stringify(rules), (problem) => {
        throw new Error(JSON.stringify(problem));
      }),
      credential,
      send: async (message, seconds) =>
        void messages.push({ message, seconds, dueAt: clock.now + seconds * 1000 }),
      log: { info: log, warn: log, error: log },
      now: () => clock.now,
    };
  }

  return {
    ...{ storage, identity, targets, containers, clock, messages, logs, parts, credential },
    /** Drops a picture and writes its document, as scoring does. */
    async write(
      { rules, send }: Pick<DigestParts, 'rules' | 'send'>,
      name: string,
      own: Partial<PredictionDocument> = {},
      bytes?: Buffer,
    ): Promise<void> {
      await storage.drop(name, bytes ?? `picture ${name} ${clock.now}`);
      const { etag = '' } = await containers.images.getBlobClient(name).getProperties();
      const telling = createTelling(rules, send, () => clock.now);
      const document: PredictionDocument = {
        status: 'succeeded',
        image: { name, container: 'images', etag },
        results: [],
        completedAt: new Date(clock.now).toISOString(),
        ...own,
      };
      await putDocument({ containers, telling }, document, [model], undefined);
    },
    /** Takes the next message that is due. */
    take(): Delivery | undefined {
      const index = messages.findIndex(({ dueAt }) => dueAt <= clock.now);
      return index === -1 ? undefined : messages.splice(index, 1)[0]?.message;
    },
    async outboxOf(name: string) {
      const { metadata } = await containers.predictions.getBlobClient(documentName(name)).getProperties();
      return fromMetadata(metadata)?.outbox ?? [];
    },
    close: closing.close,
  };
}
