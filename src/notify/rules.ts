import { type PathPattern, readPathPattern } from '../settings/pathPattern.ts';
import type { Rule } from '../settings/settings.ts';
import type { PredictionDocument } from '../storage/document.ts';

/** The names of the models that a picture goes to, answered or not. */
type Routed = readonly string[];

const patterns = new WeakMap<Rule, readonly PathPattern[]>();

/** The rules that match a document, one a target: the first of several. */
export function matchingRules(rules: readonly Rule[], document: PredictionDocument, models: Routed): Rule[] {
  const found = new Map<string, Rule>();
  for (const rule of rules) {
    if (!found.has(rule.key) && matches(rule, document, models)) found.set(rule.key, rule);
  }
  return [...found.values()];
}

/** Predictions are asked for, whichever way the document ended: a failed one holds what other models did answer. */
export function matches(rule: Rule, document: PredictionDocument, models: Routed): boolean {
  const { when } = rule;
  const { name = '' } = document.image;
  if (when.status && when.status !== document.status) return false;
  if (when.paths && !patternsOf(rule).some((pattern) => pattern(name))) return false;
  if (when.models && !models.some((model) => when.models?.includes(model))) return false;
  if (!when.tags && when.probability === undefined && !when.uncertain) return true;
  return document.results
    .filter(({ model }) => when.models?.includes(model) ?? true)
    .some(({ predictions, threshold }) => {
      // a band is around the threshold, so that what lies in it need not be accepted
      const [low, high] = when.uncertain ?? [when.probability ?? threshold, 1];
      const least = Math.max(low, when.probability ?? 0);
      return predictions.some(
        ({ tagName, probability }) =>
          probability >= least && probability <= high && (!when.tags || isAmong(tagName, when.tags)),
      );
    });
}

/** Custom Vision’s tags differ by more than their letters’ case. */
const isAmong = (tag: string, tags: readonly string[]): boolean =>
  tags.some((each) => each.toLowerCase() === tag.toLowerCase());

function patternsOf(rule: Rule): readonly PathPattern[] {
  const known = patterns.get(rule) ?? (rule.when.paths ?? []).map(readPathPattern);
  patterns.set(rule, known);
  return known;
}
