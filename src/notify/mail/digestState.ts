import type { ContainerClient } from '@azure/storage-blob';
import * as v from 'valibot';
import type { Rule } from '../../settings/settings.ts';
import { readState, type State, writeState } from '../../storage/state.ts';

const itemSchema = v.object({ name: v.string(), id: v.string(), code: v.exactOptional(v.string()) });
/** A document that a digest tells of, by its event’s id; the code where it failed. */
export type Item = v.InferOutput<typeof itemSchema>;

const planSchema = v.object({
  /** Of the mail, whichever host sends it, and however often. */
  operationId: v.string(),
  items: v.array(itemSchema),
  attempts: v.number(),
  /** Not sent before. */
  notBefore: v.number(),
  /** A host works on it. */
  heldUntil: v.number(),
  /** How many took it up: of those before, some died over it. */
  holders: v.optional(v.number(), 0),
  sentAt: v.exactOptional(v.number()),
});
export type Plan = v.InferOutput<typeof planSchema>;

const digestSchema = v.object({
  /** The next mail comes no sooner. Times are Unix milliseconds. */
  nextAt: v.number(),
  /** A message without a document comes then. */
  wakeAt: v.number(),
  plan: v.exactOptional(planSchema),
  /** The mail before, until it was looked after. */
  last: v.exactOptional(v.object({ operationId: v.string(), at: v.number() })),
  /** Why the last attempt failed, for whoever asks. */
  code: v.exactOptional(v.string()),
});
export type Digest = v.InferOutput<typeof digestSchema>;

const nameOf = ({ key }: Rule) => `digest/${key}.json`;

export const readDigest = (container: ContainerClient, rule: Rule): Promise<State<Digest>> =>
  readState(container, nameOf(rule), digestSchema, { nextAt: 0, wakeAt: 0 });

export const writeDigest = (
  container: ContainerClient,
  rule: Rule,
  digest: Digest,
  etag: string | undefined,
): Promise<string | undefined> => writeState(container, nameOf(rule), digest, etag);
