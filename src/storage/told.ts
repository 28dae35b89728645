import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Mark } from './mark.ts';

/**
 * Of what a picture’s document says: its content, the models and the iterations that answered, and how it ended. The same
 * for each attempt and each target, so that whoever gets it twice can tell. An ETag is a time: two pictures may share it.
 */
export const eventId = (
  name: string,
  { pictureEtag, models, iterations = [], status, code = '' }: Mark,
): string =>
  createHash('sha256')
    .update(JSON.stringify([name.toWellFormed(), pictureEtag, models, iterations, status, code]))
    .digest('base64url')
    .slice(0, 22);

const instant = v.pipe(v.string(), v.isoTimestamp());

/** Who else was told of a document, or is to be. */
export const toldSchema = v.object({
  target: v.pipe(v.string(), v.description('Who, as far as NOTIFY still names it.')),
  id: v.pipe(v.string(), v.description('Of the event, the same for every target and attempt.')),
  at: v.exactOptional(v.pipe(instant, v.description('When it was told.'))),
  waitsFor: v.exactOptional(
    v.pipe(
      v.string(),
      v.description('The code of the last failure, or delivery; the next attempt is at until.'),
    ),
  ),
  until: v.exactOptional(instant),
  failed: v.exactOptional(v.pipe(v.string(), v.description('Given up, with this code.'))),
  passedOver: v.exactOptional(
    v.pipe(instant, v.description('Not told: its rule had a pause, or NOTIFY named it no more.')),
  ),
});
export type Told = v.InferOutput<typeof toldSchema>;

/** Of a picture’s document. `targets`: their names by their keys. */
export function toldOf(name: string, mark: Mark, targets: ReadonlyMap<string, string>): Told[] {
  const id = eventId(name, mark);
  return (mark.outbox ?? []).map(({ target: key, state, at: seconds, code }) => {
    const [target, at] = [targets.get(key) ?? key, new Date(seconds * 1000).toISOString()];
    if (state === 'told') return { target, id, at };
    if (state === 'waits') return { target, id, waitsFor: code ?? 'delivery', until: at };
    return state === 'failed' ? { target, id, failed: code ?? 'Unexpected' } : { target, id, passedOver: at };
  });
}
