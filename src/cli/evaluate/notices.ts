import type { DocumentResult } from '../../storage/document.ts';
import type { Evaluation, Judged } from './evaluation.ts';
import type { Answered } from './judge.ts';
import { some } from './truth/truth.ts';

/** With fewer of a tag its figures are told to be little more than chance: the interval of 20 of 20 still begins at 84 %. */
const FEW = 20;

/** What to know before a model’s figures are believed. */
export function noticesOf(
  name: string,
  judged: readonly Judged[],
  { tags, task }: Evaluation,
  results: readonly DocumentResult[],
): string[] {
  const answered = new Set(judged.flatMap(({ answer }) => answer.map(({ tagName }) => tagName)));
  const told = tags.filter(({ truths }) => truths > 0);
  const never = told.flatMap(({ tag = '' }) => (answered.has(tag) ? [] : [tag]));
  const few = told.flatMap(({ tag = '', truths }) => (truths < FEW ? [`${tag} (${truths})`] : []));
  const iterations = new Set(results.map(({ iteration }) => iteration));
  const fallbacks = results.filter(({ fallbackFor }) => fallbackFor).length;
  const limited = judged.length > 0 && task !== 'boxes' && fewerThanTags(judged);
  return [
    never.length > 0 && `${name} never answered ${some(never, 10)}: is that what the model calls it?`,
    few.length > 0 &&
      `Fewer than ${FEW} ${task === 'boxes' ? 'boxes' : 'pictures'} of ${some(few, 10)}: mind the intervals.`,
    iterations.size > 1 &&
      `The answers of ${name} are of ${iterations.size} iterations: ${[...iterations].join(', ')}.`,
    fallbacks > 0 && `${fallbacks} answers of ${name} are of its fallback, an export.`,
    limited && `Some answers of ${name} do not name all tags; those left out count as 0.`,
  ].filter((notice) => notice !== false);
}

/** A classifier says something of every tag, unless somebody asked for the first few alone. */
const fewerThanTags = (judged: readonly Judged[]): boolean =>
  new Set(judged.map(({ answer }) => answer.length)).size > 1;

/** Sides are rounded when a picture is made smaller. */
const SAME_SHAPE = 1.02;

/** Boxes that were drawn on a picture of another shape are of another one, or of one that was not turned upright. */
export function shapeNotices(answered: readonly Answered[]): string[] {
  const other = answered.filter(({ picture: { drawn }, documents }) => {
    const { width, height } = documents[0]?.image ?? {};
    if (!drawn || !width || !height) return false;
    const ratio = drawn.width / drawn.height / (width / height);
    return Math.max(ratio, 1 / ratio) > SAME_SHAPE;
  });
  const names = some(other.map(({ picture }) => picture.name));
  return other.length > 0
    ? [
        `${other.length} pictures are, upright, of another shape than the truth says, so their boxes are not theirs: ${names}.`,
      ]
    : [];
}
