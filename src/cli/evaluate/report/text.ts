import { styleText } from 'node:util';
import { plain, table } from '../../table.ts';
import type { TagFigures } from '../evaluation.ts';
import { f1Of, precisionOf, recallOf } from '../figures/curve.ts';
import type { Thresholds } from '../figures/thresholds.ts';
import type { Candidate, Report } from './report.ts';
import {
  countText,
  differenceText,
  figure,
  INTERVALS,
  isTold,
  notesOf,
  percent,
  setText,
  setting,
  shareText,
  shownThresholds,
  slipText,
  truthText,
} from './words.ts';

const MOST_WRONG = 20;

/** For people. */
export function reportText(report: Report): string {
  const { models, difference } = report;
  const several = models.length > 1;
  return [
    ...notesOf(report).map((note) => `${coloured('yellow', 'Note:')} ${plain(note)}`),
    setText(report),
    '',
    headTable(report),
    ...(difference ? ['', plain(differenceText(difference, models))] : []),
    INTERVALS,
    ...models.flatMap((model, index) => [
      '',
      ...(several ? [coloured('bold', `${'AB'[index]}: ${plain(model.name)}`), ''] : []),
      ...modelText(model),
    ]),
  ].join('\n');
}

function headTable({ models, task }: Report): string {
  const boxes = task === 'boxes';
  const rows = models.map(({ name, kind, evaluation: { topRight, allRight, threshold, all } }, index) => [
    ...['AB'[index] ?? '', plain(name), kind],
    ...(task === 'one tag' ? [countText(topRight)] : []),
    ...[countText(allRight), setting(threshold), figure(all.averagePrecision)],
    ...(boxes ? [figure(all.averagePrecision50to95)] : []),
  ]);
  const head = [
    ...['', 'model', 'runs as'],
    ...(task === 'one tag' ? ['top tag right'] : []),
    ...['right at its threshold', 'threshold', boxes ? 'mAP@0.5' : 'mAP'],
    ...(boxes ? ['mAP@0.5:0.95'] : []),
  ];
  const columns = (row: string[]) => (models.length > 1 ? row : row.slice(1));
  return table([head, ...rows].map(columns));
}

function modelText({ evaluation }: Candidate): string[] {
  const { tags, all, thresholds, calibration, confusion, wrong, task } = evaluation;
  return [
    tagTable(tags, all, task === 'boxes'),
    '',
    thresholdTable(thresholds),
    ...(thresholds.best
      ? [
          `Best F1 ${figure(f1Of(thresholds.best))}, with "threshold": ${setting(thresholds.best.probability)} in VISION_MODELS.`,
        ]
      : []),
    ...(confusion && confusion.truths.length > 1
      ? [
          '',
          table(
            [
              ['true \\ answered', ...confusion.said.map(plain)],
              ...confusion.truths.map((truth, row) => [
                plain(truth),
                ...(confusion.counts[row] ?? []).map(String),
              ]),
            ],
            confusion.said.map((_, column) => column + 1),
          ),
        ]
      : []),
    ...(calibration
      ? [
          '',
          `Probabilities are off by ${percent(calibration.error)} on average (expected calibration error).`,
        ]
      : []),
    '',
    ...wrongText(wrong),
  ];
}

function tagTable(tags: readonly TagFigures[], all: TagFigures, boxes: boolean): string {
  const row = (name: string, of: TagFigures) => [
    ...[name, String(of.truths), String(of.accepted), shareText(of.precision), shareText(of.recall)],
    ...[figure(of.f1), figure(of.averagePrecision)],
    ...(boxes ? [figure(of.averagePrecision50to95)] : []),
  ];
  const head = [
    ...['tag', boxes ? 'boxes' : 'pictures', 'accepted', 'precision', 'recall', 'F1'],
    ...(boxes ? ['AP@0.5', 'AP@0.5:0.95'] : ['AP']),
  ];
  return table(
    [head, ...tags.filter(isTold).map((each) => row(plain(each.tag ?? ''), each)), row('all', all)],
    [1, 2, 3, 4, 5, 6, 7],
  );
}

function thresholdTable(thresholds: Thresholds): string {
  const share = (value: number | undefined) => (value === undefined ? '–' : percent(value));
  const rows = shownThresholds(thresholds).map((point) => [
    ...[setting(point.probability), String(point.accepted), share(precisionOf(point))],
    ...[share(recallOf(point)), figure(f1Of(point)), point.remark],
  ]);
  return table([['threshold', 'accepted', 'precision', 'recall', 'F1', ''], ...rows], [0, 1, 2, 3, 4]);
}

function wrongText(wrong: Candidate['evaluation']['wrong']): string[] {
  if (wrong.length === 0) return ['No picture went wrong.'];
  const rows = wrong
    .slice(0, MOST_WRONG)
    .map((slip) => [
      plain(slip.picture.name),
      plain(truthText(slip)),
      plain(slipText(slip)),
      slip.top ? plain(`${slip.top.tagName} ${percent(slip.top.probability)}`) : '–',
    ]);
  const more = wrong.length - rows.length;
  return [
    table([['wrong picture', 'shows', 'mistake', 'most probable'], ...rows]),
    ...(more > 0 ? [`… and ${more} more: --json or --html has all of them.`] : []),
  ];
}

const coloured = (colour: 'yellow' | 'bold', text: string): string =>
  styleText(colour, text, { stream: process.stdout });
