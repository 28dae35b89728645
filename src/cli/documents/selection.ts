import type { PredictionDocument } from '../../storage/document.ts';
import type { Listed } from '../../storage/list.ts';

/** Which documents; all that is told must hold. */
export type Selection = {
  prefix?: string;
  /** When the document was completed: from then on, and before then. */
  since?: Date;
  until?: Date;
  /** Accepted by some model. */
  tag?: string;
  /** By its name in the settings at that time. */
  model?: string;
  status?: 'succeeded' | 'failed';
};

/** By how much the clocks of the app and of storage may differ, in milliseconds; far more than they do. */
const SKEW = 3_600_000;

/** By what a listing tells, so that others are not read: a blob is changed last when its document is written, or later. */
export const mayBe = (listed: Listed, { since, status }: Selection): boolean =>
  (status === undefined || listed.status === status) &&
  (since === undefined || Date.parse(listed.lastModified) >= since.getTime() - SKEW);

/** The document, of a model its results alone; undefined where it is not one of the selection. */
export function selected(
  document: PredictionDocument,
  { since, until, tag, model, status }: Selection,
): PredictionDocument | undefined {
  const completed = new Date(document.completedAt);
  if ((since && completed < since) || (until && completed >= until)) return undefined;
  if (status !== undefined && document.status !== status) return undefined;
  const results = document.results.filter((each) => model === undefined || each.model === model);
  if (model !== undefined && results.length === 0) return undefined;
  const hasTag = results.some(({ accepted }) => accepted.some(({ tagName }) => tagName === tag));
  if (tag !== undefined && !hasTag) return undefined;
  return results.length === document.results.length ? document : { ...document, results };
}
