import { styleText } from 'node:util';
import { GROUPS, type Result, type Status } from './check.ts';
import type { Diagnosis } from './runDoctor.ts';

export type ReportOptions = {
  verbose?: boolean;
  /** Where it goes, which decides about colours. */
  stream: NodeJS.WriteStream;
};

type Style = Parameters<typeof styleText>[0];
const MARKS: Record<Status, [mark: string, style: Style]> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  fault: ['✗', 'red'],
  'could not check': ['–', 'gray'],
};

/** For people: the cause first, then the chain by groups, and one closing line. */
export function textReport(diagnosis: Diagnosis, { verbose = false, stream }: ReportOptions): string {
  const paint = (style: Style, text: string) => styleText(style, text, { stream });
  const { cause, results } = diagnosis;
  const printed = new Set<string>();
  /** A fix that several ask for is printed once. */
  const remedy = ({ fix, command }: Result): string[] => {
    const key = `${fix} ${command}`;
    if (printed.has(key)) return ['    Fix: the same as above.'];
    printed.add(key);
    return [...(fix ? [`    Fix: ${fix}`] : []), ...(command ? [`    $ ${paint('cyan', command)}`] : [])];
  };
  const lines = (result: Result, whole: boolean): string[] => {
    const { status, title, finding, details = [], fix, command, durationMs } = result;
    const [mark, style] = MARKS[status];
    const took = verbose ? paint('gray', ` (${durationMs} ms)`) : '';
    return [
      `${paint(style, mark)} ${paint('bold', title)}: ${finding}${took}`,
      ...(verbose || whole ? details.map((detail) => `    ${paint('gray', detail)}`) : []),
      ...(whole && (fix ?? command) ? remedy(result) : []),
    ];
  };
  const first = cause ? [lines(cause, true)] : [];
  const groups = GROUPS.map((group) => [group, results.filter((each) => each.group === group)] as const)
    .filter(([, members]) => members.length > 0)
    .map(([group, members]) => [
      paint('bold', group),
      ...members
        .flatMap((each) => lines(each, each !== cause && each.status !== 'ok'))
        .map((line) => `  ${line}`),
    ]);
  const blocks = [...first, ...groups, [closingLine(diagnosis, paint)]];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

function closingLine(
  { cause, counts, healthy, results }: Diagnosis,
  paint: (style: Style, text: string) => string,
) {
  const parts = [
    [counts.fault, 'fault', 'faults'],
    [counts.warning, 'warning', 'warnings'],
    [counts['could not check'], 'could not be checked', 'could not be checked'],
  ] as const;
  const counted = parts
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => `${count} ${count === 1 ? one : many}`)
    .join(', ');
  if (cause) {
    const next = cause.command ?? cause.fix;
    return paint('red', `${counted}. First: ${cause.title}. Next: ${next ?? 'see above'}`);
  }
  const summary = `${counts.ok} of ${results.length} checks passed${counted ? ` (${counted})` : ''}.`;
  return healthy
    ? paint('green', `No fault: ${summary}`)
    : paint('yellow', `Not all could be judged: ${summary}`);
}

/** For machines: one JSON document. */
export function jsonReport({ cause, counts, healthy, results }: Diagnosis): string {
  const next = cause && (cause.command ?? cause.fix ?? null);
  return `${JSON.stringify({ healthy, cause: cause?.id ?? null, next: next ?? null, counts, checks: results }, null, 2)}\n`;
}
