import { randomUUID } from 'node:crypto';
import PQueue from 'p-queue';
import { asKeylessError, type KeylessError } from '../../errors/errors.ts';
import type { MailTarget } from '../../settings/notifyTarget.ts';
import type { Rule } from '../../settings/settings.ts';
import { listOutboxes } from '../../storage/outboxes.ts';
import { eventId } from '../../storage/told.ts';
import { span } from '../../telemetry/telemetry.ts';
import { type DeliveryParts, settleEntry } from '../deliver.ts';
import { nextPause } from '../patience.ts';
import { type Digest, type Item, type Plan, readDigest, writeDigest } from './digestState.ts';
import { pauseDomain, reserve } from './ledger.ts';
import { letterOf } from './letter.ts';
import { lookAfter, sendMail } from './service.ts';
import { type Room, shownOf } from './shown.ts';

export type MailRule = Rule & { to: MailTarget };
export type DigestParts = DeliveryParts & { room: Room };

export const isMail = (rule: Rule): rule is MailRule => rule.to.kind === 'mail';

/** More wait for the next mail. */
const MOST_ITEMS = 2_000;
/** After a crash another host takes a plan up this soon. */
const HOLD_MS = 60_000;
/** A message that is so late is lost. */
const LATE_MS = 120_000;
const LOOK_AFTER_MS = 300_000;
const MARKS_AT_ONCE = 8;

/**
 * One step of a rule’s digest, by whichever host a message comes to: plans a mail of all documents that wait, sends it,
 * notes with each that it was told. The plan is kept before the mail is sent, with its id, so that a crash at any point
 * sends no second mail and forgets no picture. Whatever is to come later, a message comes for.
 */
export async function digest(parts: DigestParts, rule: MailRule): Promise<void> {
  const { containers, now = Date.now } = parts;
  const { value, etag } = await readDigest(containers.notify, rule);
  const seen = await look(parts, rule, value);
  if (seen.plan) return goOn(parts, rule, seen, seen.plan, etag);
  if (seen.nextAt > now()) {
    if (seen.last !== value.last || seen.wakeAt < now() - LATE_MS)
      await wait(parts, rule, seen, seen.nextAt, etag);
    return;
  }
  const items = await waitingItems(parts, rule);
  if (items.length === 0) {
    await writeDigest(containers.notify, rule, { ...seen, wakeAt: 0 }, etag);
    return;
  }
  const plan: Plan = {
    operationId: randomUUID(),
    items,
    attempts: 0,
    notBefore: 0,
    heldUntil: 0,
    holders: 0,
  };
  await goOn(parts, rule, { ...seen, plan }, plan, etag);
}

/** A document matched: its digest is due, or a message comes for it anyway. */
export async function collect(parts: DigestParts, rule: MailRule): Promise<void> {
  const { containers, now = Date.now } = parts;
  const { value } = await readDigest(containers.notify, rule);
  if (value.wakeAt > now() - LATE_MS) return;
  await digest(parts, rule);
}

/** A step further with a plan, held so that no other host works on it too. */
async function goOn(
  parts: DigestParts,
  rule: MailRule,
  before: Digest,
  plan: Plan,
  etag: string | undefined,
): Promise<void> {
  const { containers, now = Date.now } = parts;
  const busyUntil = Math.max(plan.heldUntil, plan.sentAt ? 0 : plan.notBefore);
  if (busyUntil > now()) {
    if (before.wakeAt < now()) await wait(parts, rule, before, busyUntil, etag);
    return;
  }
  const held: Digest = {
    ...before,
    plan: { ...plan, holders: plan.holders + 1, heldUntil: now() + HOLD_MS },
    wakeAt: now() + HOLD_MS,
  };
  await wake(parts, rule, HOLD_MS); // for whoever goes on, should this host die
  let tag = await writeDigest(containers.notify, rule, held, etag);
  if (!tag) return; // another host was quicker
  if (!plan.sentAt) {
    const pause = await reserve(containers.notify, rule.to, now());
    if (pause > 0)
      return release(parts, rule, before, { ...plan, notBefore: now() + pause }, 'TargetBusy', tag);
    const fault = await send(parts, rule, plan);
    if (fault) return putOff(parts, rule, before, plan, fault, tag);
    const sent = { ...held, plan: { ...plan, holders: 0, heldUntil: now() + HOLD_MS, sentAt: now() } };
    tag = await writeDigest(containers.notify, rule, sent, tag);
    if (!tag) return;
  }
  const sentAt = plan.sentAt ?? now();
  await settleAll(parts, rule, plan.items, { state: 'told', at: Math.round(sentAt / 1000) });
  await finish(parts, rule, sentAt, { last: { operationId: plan.operationId, at: sentAt } }, tag);
}

async function send(parts: DigestParts, rule: MailRule, plan: Plan): Promise<KeylessError | undefined> {
  const { containers, credential, room, log } = parts;
  try {
    // what a host died over may be a picture: the next one sends words alone
    const shown = plan.holders > 0 ? [] : await shownOf(containers, room, plan.items);
    const letter = letterOf(rule, plan.items, shown);
    await span('tell', { 'keyless.target': 'mail', 'keyless.pictures': plan.items.length }, () =>
      sendMail(credential, rule.to, plan.operationId, letter),
    );
    log.info(
      `Mail ${plan.operationId} tells ${rule.to.recipients.length} recipients of ${plan.items.length} pictures.`,
    );
    return undefined;
  } catch (thrown) {
    return asKeylessError(thrown);
  }
}

async function putOff(
  parts: DigestParts,
  rule: MailRule,
  before: Digest,
  plan: Plan,
  fault: KeylessError,
  etag: string,
): Promise<void> {
  const { containers, log, now = Date.now } = parts;
  const attempts = plan.attempts + 1;
  const pause = nextPause(fault, attempts);
  const line = `Mail ${plan.operationId}: ${fault.code}: ${fault.message}`;
  if (fault.retryAfterSeconds !== undefined) {
    await pauseDomain(containers.notify, rule.to, now() + fault.retryAfterSeconds * 1000);
  }
  if (pause === undefined) {
    log.error(`${line} Given up after ${attempts} attempts. Fix: ${fault.fix}`);
    const at = Math.round(now() / 1000);
    await settleAll(parts, rule, plan.items, { state: 'failed', at, attempts, code: fault.code });
    return finish(parts, rule, now(), { code: fault.code }, etag);
  }
  log.warn(`${line} Sent again in ${pause} s. Fix: ${fault.fix}`);
  return release(
    parts,
    rule,
    before,
    { ...plan, attempts, notBefore: now() + pause * 1000 },
    fault.code,
    etag,
  );
}

const release = (
  parts: DigestParts,
  rule: MailRule,
  before: Digest,
  plan: Plan,
  code: string,
  etag: string,
): Promise<void> =>
  wait(parts, rule, { ...before, code, plan: { ...plan, holders: 0, heldUntil: 0 } }, plan.notBefore, etag);

async function finish(
  parts: DigestParts,
  rule: MailRule,
  at: number,
  ended: Pick<Digest, 'last' | 'code'>,
  etag: string,
): Promise<void> {
  const nextAt = at + rule.periodMs;
  if (ended.last) await wake(parts, rule, LOOK_AFTER_MS);
  await wait(parts, rule, { nextAt, wakeAt: 0, ...ended }, nextAt, etag);
}

/** The message first: one too many does no harm. */
async function wait(
  parts: DigestParts,
  rule: MailRule,
  digest: Digest,
  until: number,
  etag: string | undefined,
): Promise<void> {
  const { containers, now = Date.now } = parts;
  await wake(parts, rule, until - now());
  await writeDigest(containers.notify, rule, { ...digest, wakeAt: until }, etag);
}

const wake = ({ send: put }: DigestParts, { key }: MailRule, ms: number): Promise<void> =>
  put({ target: key }, Math.max(1, Math.ceil(ms / 1000)));

/** The mail before is looked after once, some minutes later: it may have been dropped after it was accepted. */
async function look(parts: DigestParts, rule: MailRule, digest: Digest): Promise<Digest> {
  const { credential, log, now = Date.now } = parts;
  const { last, ...rest } = digest;
  if (!last || now() < last.at + LOOK_AFTER_MS) return digest;
  try {
    await lookAfter(credential, rule.to, last.operationId);
    return rest;
  } catch (thrown) {
    const fault = asKeylessError(thrown);
    if (fault.code === 'MailDropped') log.error(`${fault.code}: ${fault.message} Fix: ${fault.fix}`);
    return { ...rest, ...(fault.code === 'MailDropped' && { code: fault.code }) };
  }
}

/** All that wait for this rule’s mail, from a listing. */
async function waitingItems({ containers }: DigestParts, { key }: MailRule): Promise<Item[]> {
  const items: Item[] = [];
  for await (const { name, mark, outbox } of listOutboxes(containers.predictions)) {
    if (!outbox.some(({ target, state }) => target === key && state === 'waits')) continue;
    items.push({
      name,
      id: eventId(name, mark),
      ...(mark.status === 'failed' && { code: mark.code ?? 'failed' }),
    });
    if (items.length === MOST_ITEMS) break;
  }
  return items;
}

async function settleAll(
  { containers }: DigestParts,
  { key }: MailRule,
  items: readonly Item[],
  next: Parameters<typeof settleEntry>[4],
): Promise<void> {
  const queue = new PQueue({ concurrency: MARKS_AT_ONCE });
  await queue.addAll(
    items.map(
      ({ name, id }) =>
        () =>
          settleEntry(containers, name, id, key, next),
    ),
  );
}
