import { Cron } from 'croner';
import { type Problems, shown } from './problem.ts';

/** In the order of an expression: what each holds, and its last value. */
const FIELDS = [
  ['the second (0 to 59)', 59],
  ['the minute (0 to 59)', 59],
  ['the hour (0 to 23)', 23],
  ['the day (1 to 31)', 31],
  ['the month (1 to 12, or Jan to Dec)', 12],
  ['the day of the week (0 to 6, or Sun to Sat)', 6],
] as const;
const DAY_OF_WEEK = 5;
const NAMES = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october'],
  ...['november', 'december', 'sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'],
];
const TIME_SPAN = /^\d+(?:\.\d+)?(?::\d+){1,2}(?:\.\d+)?$/u;
const EXAMPLE = 'six fields, such as 0 */15 * * * *';
/** Longer ones are no schedule, and only take time. */
const LONGEST = 256;

/** Day and day of the week must both fit, as the host has it, where Unix’ cron takes either. */
const AS_THE_HOST = { mode: '6-part', domAndDow: true, timezone: 'UTC', paused: true } as const;

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions */
export function readSchedule(schedule: string | undefined, problem: Problems): string | undefined {
  const expected = schedule && whatIsExpected(schedule);
  if (!expected) return schedule;
  problem({ setting: 'RECONCILE_SCHEDULE', expected, got: shown(schedule) });
  return undefined;
}

/** Of a schedule that never runs, or not where this app does; undefined where it is right. */
function whatIsExpected(schedule: string): string | undefined {
  const fields = schedule.split(/ +/u);
  if (/[^\S ]/u.test(schedule)) return `${EXAMPLE}, with blanks between them: the host knows no tabs`;
  if (TIME_SPAN.test(schedule)) return `${EXAMPLE}: a TimeSpan is taken on an App Service plan alone`;
  if (fields.length === 5) return `six fields: seconds come first, 0 ${schedule}`;
  if (fields.length !== FIELDS.length || schedule.length > LONGEST) return EXAMPLE;
  const read = fields.map(asCroner);
  const wrong = FIELDS.find((_, index) => read[index] === undefined || !isReadable(read[index], index));
  if (wrong) return `${EXAMPLE}; ${wrong[0]} is a number, *, */n, a-b, or a list of them`;
  return new Cron(read.join(' '), AS_THE_HOST).nextRun() ? undefined : `${EXAMPLE}; this never comes`;
}

/** croner knows names of three letters alone, and steps of a range; undefined for what it knows beyond NCRONTAB. */
function asCroner(field: string, index: number): string | undefined {
  const named = field.replaceAll(/[a-z]+/giu, (word) => {
    const name = word.length < 3 ? undefined : NAMES.find((each) => each.startsWith(word.toLowerCase()));
    return name?.slice(0, 3) ?? '?';
  });
  const isSunday7 = index === DAY_OF_WEEK && /(?<![\d/])0*7(?!\d)/u.test(named);
  if (isSunday7 || !/^[\da-z*,/-]+$/u.test(named)) return undefined;
  return named.replaceAll(/(?<![\da-z-])([\da-z]+)\//gu, `$1-${FIELDS[index]?.[1]}/`);
}

function isReadable(field: string, index: number): boolean {
  const alone = FIELDS.map((_, at) => (at === index ? field : '*'));
  try {
    return new Cron(alone.join(' '), AS_THE_HOST) !== undefined;
  } catch {
    return false;
  }
}
