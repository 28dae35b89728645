import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Result, Status } from '../../../src/cli/doctor/check.ts';
import { jsonReport, textReport } from '../../../src/cli/doctor/report.ts';
import type { Diagnosis } from '../../../src/cli/doctor/runDoctor.ts';

const result = (id: string, status: Status, own: Partial<Result> = {}): Result => ({
  id,
  status,
  group: 'Storage',
  title: `Title of ${id}`,
  finding: `Finding of ${id}.`,
  durationMs: 7,
  ...own,
});

function diagnosisOf(...results: Result[]): Diagnosis {
  const counts = { ok: 0, warning: 0, fault: 0, 'could not check': 0 };
  for (const { status } of results) counts[status] += 1;
  const cause = results.find(({ status }) => status === 'fault');
  return { cause, results, counts, healthy: !cause };
}

const stream = (isTTY: boolean) =>
  Object.assign(new Writable(), {
    isTTY,
    getColorDepth: () => (isTTY ? 8 : 1),
  }) as unknown as NodeJS.WriteStream;
const plain = (diagnosis: Diagnosis, verbose = false) =>
  textReport(diagnosis, { stream: stream(false), verbose })
    .trimEnd()
    .split('\n');

const remedy = { fix: 'Do it:', command: 'do it' };
const faulty = diagnosisOf(
  result('fine', 'ok', { details: ['A detail.'] }),
  result('first', 'fault', { ...remedy, details: ['More of first.'] }),
  result('second', 'fault', remedy),
  result('waiting', 'could not check', { because: 'first' }),
);

describe('the report', () => {
  it('begins with the cause and its fix, and ends with one line that has the next command', () => {
    const lines = plain(faulty);
    expect(lines.slice(0, 4)).toEqual([
      '✗ Title of first: Finding of first.',
      '    More of first.',
      '    Fix: Do it:',
      '    $ do it',
    ]);
    expect(lines.at(-1)).toBe('2 faults, 1 could not be checked. First: Title of first. Next: do it');
  });

  it('prints a fix that several ask for once', () => {
    expect(plain(faulty).filter((line) => line.includes('$ do it'))).toHaveLength(1);
    expect(plain(faulty).join('\n')).toMatch(/Title of second: .*\n +Fix: the same as above/u);
  });

  it('keeps the details of what is fine, and durations, for --verbose', () => {
    expect(plain(faulty).join('\n')).not.toMatch(/A detail|7 ms/u);
    expect(plain(faulty, true).join('\n')).toMatch(/Title of fine: .* \(7 ms\)\n +A detail/u);
  });

  it('says so where nothing is wrong, and where something could not be judged', () => {
    expect(plain(diagnosisOf(result('fine', 'ok'), result('doubtful', 'warning', remedy))).at(-1)).toBe(
      'No fault: 1 of 2 checks passed (1 warning).',
    );
    const unsure = {
      ...diagnosisOf(result('odd', 'could not check', { because: 'failed' })),
      healthy: false,
    };
    expect(plain(unsure).at(-1)).toMatch(/^Not all could be judged: 0 of 1/u);
  });

  it('has colours on a terminal alone', () => {
    expect(textReport(faulty, { stream: stream(false) })).not.toContain('\u001b');
    expect(textReport(faulty, { stream: stream(true) })).toContain('\u001b[31m✗');
  });

  it('is one JSON document for machines', () => {
    expect(JSON.parse(jsonReport(faulty))).toMatchObject({
      healthy: false,
      cause: 'first',
      next: 'do it',
      counts: { fault: 2 },
      checks: [{ id: 'fine' }, { id: 'first' }, { id: 'second' }, { id: 'waiting', because: 'first' }],
    });
    expect(JSON.parse(jsonReport(diagnosisOf(result('fine', 'ok'))))).toMatchObject({
      cause: null,
      next: null,
    });
  });
});
