import { setTimeout as sleep } from 'node:timers/promises';
import type { Model, Rule } from '../settings/settings.ts';
import type { PredictionDocument } from '../storage/document.ts';
import type { Mark } from '../storage/mark.ts';
import type { Outbox } from '../storage/outbox.ts';
import { eventId } from '../storage/told.ts';
import { matchingRules } from './rules.ts';

/** Puts a message into the queue, to be seen after some seconds. */
export type Send = (message: Delivery, seconds: number) => Promise<void>;

/** What deliverNotification is to do: a document for one target, by its key; or, without a name, a rule’s digest. */
export type Delivery = { target: string; name?: string };

/** What scoring does for those who are told: nothing that could fail or hold up a prediction. */
export type Telling = {
  /** Who is to be told of a document that is about to be written in place of another. */
  outboxOf(document: PredictionDocument, mark: Mark, models: readonly Model[], before?: Mark): Outbox;
  /** One message a target that waits, once the document is there. Never rejects: reconcile finds what was not handed on. */
  handOn(name: string, outbox: Outbox): Promise<void>;
};

/** The document is there, and its picture’s turn is not to be held up: reconcile does what takes longer. */
const LONGEST_MS = 2_000;
/** So that a digest’s first mail tells of more than its first picture; it is to come within two minutes. */
export const GATHERING_SECONDS = 60;

/** A digest lists all that wait, so one message does for those that come so soon after; it comes later than they do. */
const ONE_MESSAGE_MS = 30_000;

export function createTelling(rules: readonly Rule[], send: Send, now: () => number = Date.now): Telling {
  const woken = new Map<string, number>();
  return {
    outboxOf(document, mark, models, before) {
      const names = models.map(({ name }) => name);
      // written again though it says the same: who was told is not told again
      const { name = '' } = document.image;
      const same = before && eventId(name, before) === eventId(name, mark);
      const known = same ? (before.outbox ?? []) : [];
      return matchingRules(rules, document, names).map(({ key, to }) => {
        const had = known.find(({ target }) => target === key);
        const wait = to.kind === 'mail' ? GATHERING_SECONDS : 0;
        return had ?? { target: key, state: 'waits', at: Math.round(now() / 1000) + wait, attempts: 0 };
      });
    },
    async handOn(name, outbox) {
      const waiting = outbox.filter(({ state }) => state === 'waits');
      if (waiting.length === 0) return;
      const sent = waiting.map(async ({ target, at }) => {
        const isMail = rules.some(({ key, to }) => key === target && to.kind === 'mail');
        if (isMail && now() - (woken.get(target) ?? 0) < ONE_MESSAGE_MS) return;
        if (isMail) woken.set(target, now());
        await send({ target, name }, Math.max(0, at - Math.round(now() / 1000))).catch(() => {
          woken.delete(target); // reconcile finds this one
        });
      });
      await Promise.race([Promise.allSettled(sent), sleep(LONGEST_MS, undefined, { ref: false })]);
    },
  };
}
