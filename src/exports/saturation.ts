import { byProbability, type Prediction } from '../prediction.ts';

/** Fewer pictures tell nothing. */
const LEAST_PICTURES = 3;
const SURE = 0.999;
/** Pixels that are all but black to the model leave its answers this close to each other. */
const SPREAD = 0.02;

/**
 * A warning where a classifier says the same of every picture, be it sure or not: pixels in a wrong range or order look
 * so, and nothing else tells of them. Undefined where the answers differ, or there are too few.
 */
export function saturation(answers: readonly (readonly Prediction[])[]): string | undefined {
  const [first, ...others] = answers;
  const top = byProbability(first ?? [])[0];
  if (!first || !top || top.boundingBox || answers.length < LEAST_PICTURES) return undefined;
  const sameTop = others.every((answer) => byProbability(answer)[0]?.tagName === top.tagName);
  const spread = Math.max(...first.map(({ tagName }) => spreadOf(answers, tagName)));
  const sure = answers.every((answer) => (byProbability(answer)[0]?.probability ?? 0) >= SURE);
  if (!sameTop || !(sure || spread <= SPREAD)) return undefined;
  return (
    `All ${answers.length} pictures get the same answer, ${JSON.stringify(top.tagName)} with ${(top.probability * 100).toFixed(1)} %. ` +
    'If they show different things, the model probably gets its pixels in the wrong range or order: see “Always the same answer” in docs/exports.md.'
  );
}

function spreadOf(answers: readonly (readonly Prediction[])[], tagName: string): number {
  const values = answers.map((answer) => answer.find((each) => each.tagName === tagName)?.probability ?? 0);
  return Math.max(...values) - Math.min(...values);
}
