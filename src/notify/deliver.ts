import type { TokenCredential } from '@azure/identity';
import PQueue from 'p-queue';
import { asKeylessError, type KeylessError } from '../errors/errors.ts';
import { forLog, type Log } from '../errors/forLog.ts';
import type { Rule } from '../settings/settings.ts';
import type { Containers } from '../storage/containers.ts';
import type { PredictionDocument } from '../storage/document.ts';
import { parseDocument } from '../storage/documentShape.ts';
import { fromMetadata, type Mark } from '../storage/mark.ts';
import type { OutboxEntry } from '../storage/outbox.ts';
import { changeOutbox } from '../storage/outboxes.ts';
import { readDocumentText } from '../storage/store.ts';
import { eventId } from '../storage/told.ts';
import { span } from '../telemetry/telemetry.ts';
import { type Trace, tellApi } from './api.ts';
import { endTurn, mayTell } from './cooldown.ts';
import { type CloudEvent, cloudEvent } from './event.ts';
import { nextPause } from './patience.ts';
import { pausedFor, pauseTarget } from './pauses.ts';
import { matches } from './rules.ts';
import type { Delivery, Send } from './telling.ts';
import { tellTopic } from './topic.ts';

export type DeliveryParts = {
  containers: Containers;
  rules: readonly Rule[];
  credential: TokenCredential;
  send: Send;
  log: Log;
  now?: () => number;
};

/** While another event of a rule with a pause is on its way. */
const TURN_SECONDS = 15;

/** Pictures go first: telling takes few of a process’s turns, however many messages there are. */
const AT_ONCE = 4;
const turns = new PQueue({ concurrency: AT_ONCE });

/**
 * One attempt to tell one target of one document. How it ended stands with the document; what is to be tried again is put
 * back with its pause, and nothing is waited for. Rejects where storage cannot say who is to be told: the message stays.
 */
export const deliver = (
  parts: DeliveryParts,
  delivery: Delivery & { name: string },
  trace: Trace,
): Promise<void> => turns.add(() => attempt(parts, delivery, trace));

async function attempt(
  parts: DeliveryParts,
  { target, name }: Delivery & { name: string },
  trace: Trace,
): Promise<void> {
  const { containers, rules, send, now = Date.now } = parts;
  const seconds = () => Math.round(now() / 1000);
  const found = await readDocument(containers, name);
  const entry = waiting(found?.mark, target);
  if (!found || !entry) return; // told, given up, or the document is another one by now
  const { mark, document, seen } = found;
  const id = eventId(name, mark);
  const settle = (next: Partial<OutboxEntry>) => settleEntry(containers, name, id, target, next, seen);
  const comeBack = async (pause: number) => {
    if (await settle({ at: seconds() + pause })) await send({ target, name }, pause);
  };
  if (entry.at > seconds()) return send({ target, name }, entry.at - seconds());
  const paused = pausedFor(target, now());
  if (paused > 0) return comeBack(paused);

  const rule = document && ruleFor(rules, target, document);
  if (!document || !rule) {
    // somebody wrote over it, or NOTIFY names the target no more
    await settle({ state: 'passed', at: seconds() });
    return;
  }
  const turn = await mayTell(containers.notify, rule, id, now());
  if (turn === 'later') return comeBack(TURN_SECONDS);
  if (turn === 'passed') {
    await settle({ state: 'passed', at: seconds() });
    return;
  }
  const fault = await tell(parts, rule, cloudEvent(containers, name, document, mark), trace);
  await endTurn(containers.notify, rule, id, fault === undefined, now());
  if (fault) await putOff(parts, { target, name }, entry, fault, settle);
  else await settle({ state: 'told', at: seconds() });
}

/** Notes what went wrong; then the message comes again, unless it is given up. */
async function putOff(
  { send, log, now = Date.now }: DeliveryParts,
  message: Delivery & { name: string },
  entry: OutboxEntry,
  fault: KeylessError,
  settle: (next: Partial<OutboxEntry>) => Promise<boolean>,
): Promise<void> {
  const attempts = entry.attempts + 1;
  const pause = nextPause(fault, attempts);
  const at = Math.round(now() / 1000) + (pause ?? 0);
  const line = `${forLog(message.name)}: ${fault.code}: ${fault.message}`;
  if (pause === undefined) {
    log.error(`${line} Given up after ${attempts} attempts. Fix: ${fault.fix}`);
    await settle({ state: 'failed', at, attempts, code: fault.code });
    return;
  }
  pauseTarget(message.target, fault, now());
  log.warn(`${line} Told again in ${pause} s. Fix: ${fault.fix}`);
  if (await settle({ at, attempts, code: fault.code })) await send(message, pause);
}

async function tell(
  { credential }: DeliveryParts,
  { to }: Rule,
  event: CloudEvent,
  trace: Trace,
): Promise<KeylessError | undefined> {
  try {
    await span('tell', { 'keyless.target': to.kind }, async () => {
      if (to.kind === 'api') await tellApi(credential, to, event, trace);
      else if (to.kind === 'topic') await tellTopic(credential, to, event);
    });
    return undefined;
  } catch (thrown) {
    return asKeylessError(thrown);
  }
}

function ruleFor(rules: readonly Rule[], target: string, document: PredictionDocument): Rule | undefined {
  const own = rules.filter(({ key }) => key === target);
  const models = document.results.map(({ model }) => model);
  return own.find((rule) => matches(rule, document, models)) ?? own[0];
}

const waiting = (mark: Mark | undefined, target: string): OutboxEntry | undefined =>
  mark?.outbox?.find((entry) => entry.target === target && entry.state === 'waits');

type Found = {
  mark: Mark;
  /** Undefined where somebody wrote something else over it. */
  document: PredictionDocument | undefined;
  seen: { etag: string; metadata: Record<string, string> };
};

async function readDocument({ predictions }: Containers, name: string): Promise<Found | undefined> {
  const found = await readDocumentText(predictions, name);
  if (!found || found === 'too large') return undefined;
  const { text, etag, metadata = {} } = found;
  const mark = fromMetadata(metadata);
  if (!mark) return undefined;
  const seen = { etag, metadata };
  try {
    return { mark, seen, document: parseDocument(text) };
  } catch {
    return { mark, seen, document: undefined };
  }
}

/** Changes the entry of a target, where it still waits and the document still says the same. */
export const settleEntry = (
  { predictions }: Containers,
  name: string,
  id: string,
  target: string,
  next: Partial<OutboxEntry>,
  seen?: Found['seen'],
): Promise<boolean> =>
  changeOutbox(
    predictions,
    name,
    (mark) => {
      if (eventId(name, mark) !== id || !waiting(mark, target)) return undefined;
      return mark.outbox?.map((entry) => {
        if (entry.target !== target) return entry;
        const { code: _, ...rest } = entry;
        return { ...rest, ...next };
      });
    },
    seen,
  );
