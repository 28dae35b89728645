import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { readDuration } from './duration.ts';
import { fraction, parseEntry, parseJson, text } from './json.ts';
import { readTarget, type Target } from './notifyTarget.ts';
import { checkPatterns } from './pathPattern.ts';
import { type Problems, shown } from './problem.ts';

/** What a document must be like to be told of; all that is named must hold. */
export type When = {
  /** The picture goes to one of these models, and what is asked of predictions is asked of theirs. */
  models?: readonly string[];
  tags?: readonly string[];
  /** At least; without it a tag has to be accepted. */
  probability?: number;
  /** Some prediction lies within, both ends included. */
  uncertain?: readonly [number, number];
  status?: 'succeeded' | 'failed';
  paths?: readonly string[];
};

export type Rule = {
  /** Of its target, in a few letters, as it stands with documents; of mail, whose digests are a rule’s own, of the rule. */
  key: string;
  when: When;
  to: Target;
  /** After a document was told of, others are passed over for so long. */
  cooldownMs?: number;
  /** Of mail: at most one in this time. */
  periodMs: number;
};

const MOST_RULES = 32;
const DEFAULT_PERIOD = 'PT1H';
const LEAST_PERIOD_MS = 60_000;
const LONGEST_MS = 7 * 86_400_000;

const several = v.exactOptional(v.pipe(v.array(text, 'a list'), v.minLength(1, 'a list with one at least')));
const duration = v.pipe(
  v.string('a duration such as PT10M or P1D'),
  v.transform(readDuration),
  v.number('a duration such as PT10M or P1D'),
  v.minValue(1_000, 'a duration of a second at least'),
  v.maxValue(LONGEST_MS, 'a duration of a week at most'),
);

const ruleSchema = v.strictObject(
  {
    when: v.optional(
      v.strictObject(
        {
          models: several,
          tags: several,
          probability: v.exactOptional(fraction),
          uncertain: v.exactOptional(
            v.pipe(
              v.tuple([fraction, fraction], 'two numbers, the lower one first'),
              v.check(([low, high]) => low <= high, 'two numbers, the lower one first'),
            ),
          ),
          status: v.exactOptional(v.picklist(['succeeded', 'failed'], '"succeeded" or "failed"')),
          paths: several,
        },
        'an object of models, tags, probability, uncertain, status and paths',
      ),
      {},
    ),
    to: v.unknown(),
    cooldown: v.exactOptional(duration),
    period: v.exactOptional(duration),
  },
  'an object with to, and beside it when, cooldown and period',
);

/** NOTIFY: JSON, a list of rules. */
export function readNotify(json: string | undefined, problem: Problems): Rule[] {
  if (json === undefined) return [];
  const parsed = parseJson('NOTIFY', json, problem);
  if (parsed === undefined) return [];
  if (!Array.isArray(parsed) || parsed.length > MOST_RULES) {
    problem({
      setting: 'NOTIFY',
      expected: `a JSON list of ${MOST_RULES} rules at most`,
      got: shown(parsed),
    });
    return [];
  }
  return parsed.flatMap((value, index) => readRule(`NOTIFY[${index}]`, value, problem) ?? []);
}

function readRule(setting: string, value: unknown, problem: Problems): Rule | undefined {
  const entry = parseEntry(setting, ruleSchema, value, problem);
  if (!entry) return undefined;
  const { when, cooldown, period } = entry;
  checkPatterns(`${setting}.when.paths`, when.paths ?? [], problem);
  const to = readTarget(`${setting}.to`, entry.to, problem);
  if (!to) return undefined;
  if (to.kind === 'mail' && cooldown !== undefined) {
    problem({
      setting: `${setting}.cooldown`,
      expected: 'period in its place: mail collects, and passes over nothing',
    });
  }
  if (to.kind !== 'mail' && period !== undefined) {
    problem({ setting: `${setting}.period`, expected: 'cooldown in its place: only mail is collected' });
  }
  if (period !== undefined && period < LEAST_PERIOD_MS) {
    problem({ setting: `${setting}.period`, expected: 'a minute (PT1M) at least' });
  }
  return {
    key: keyOf(to.kind === 'mail' ? { to, when } : to),
    ...{ when, to },
    ...(cooldown !== undefined && { cooldownMs: cooldown }),
    periodMs: period ?? readDuration(DEFAULT_PERIOD) ?? 0,
  };
}

/** Nobody chooses what is hashed but the operator, and 48 bits keep 32 targets apart. */
const keyOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 8);
