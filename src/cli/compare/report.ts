import { styleText } from 'node:util';
import type { KeylessError } from '../../errors/errors.ts';
import type { Contender } from '../contenders.ts';
import { plain, table } from '../table.ts';
import type { PictureComparison, Saying, Summary } from './comparison.ts';

export type Failure = { name: string; model: string; error: KeylessError };

/** For people: the two, what they agree in, and each picture whose tags changed. */
export function comparisonText(
  [a, b]: readonly [Contender, Contender],
  summary: Summary,
  comparisons: readonly PictureComparison[],
): string {
  const { pictures, agreed, changed, medianMs, boxes } = summary;
  const head = table(
    [
      ['', 'model', 'runs as', 'task', 'median'],
      ['A', plain(a.name), a.kind, a.task, `${medianMs.a} ms`],
      ['B', plain(b.name), b.kind, b.task, `${medianMs.b} ms`],
    ],
    [4],
  );
  const share = pictures > 0 ? ` (${((agreed / pictures) * 100).toFixed(1)} %)` : '';
  const overlap = boxes && (boxes.meanOverlap === null ? 'none' : boxes.meanOverlap.toFixed(3));
  const lines = [
    `${agreed} of ${pictures} top tags agree${share}; the tags of ${changed} pictures changed.`,
    ...(boxes
      ? [
          `${boxes.pairs} boxes in both, mean overlap (IoU) ${overlap}; ${boxes.onlyA} only in A, ${boxes.onlyB} only in B.`,
        ]
      : []),
  ];
  const rows = comparisons
    .filter((each) => each.changed)
    .map(({ name, a: first, b: second }) => [plain(name), tagsText(first), tagsText(second)]);
  const changes = rows.length > 0 ? ['', table([['picture', 'A', 'B'], ...rows])] : [];
  return [head, '', ...lines, ...changes].join('\n');
}

/** `apple 98.1 %`, or `apple ×2, lemon`; where nothing is accepted, what came nearest. */
function tagsText({ accepted, top }: Saying): string {
  const percent = (probability: number) => `${(probability * 100).toFixed(1)} %`;
  const [only, ...others] = accepted;
  if (only && others.length === 0) return `${plain(only.tagName)} ${percent(only.probability)}`;
  if (!only) {
    const nearest = top ? ` (${plain(top.tagName)} ${percent(top.probability)})` : '';
    return styleText('gray', `nothing${nearest}`, { stream: process.stdout });
  }
  const counts = new Map<string, number>();
  for (const { tagName } of accepted) counts.set(tagName, (counts.get(tagName) ?? 0) + 1);
  return [...counts].map(([tag, count]) => `${plain(tag)}${count > 1 ? ` ×${count}` : ''}`).join(', ');
}

/** For machines: one document. */
export function comparisonJson(
  contenders: readonly [Contender, Contender],
  summary: Summary,
  comparisons: readonly PictureComparison[],
  failures: readonly Failure[],
): string {
  const saying = ({ top, accepted, durationMs }: Saying) => ({
    top: top ? { tagName: top.tagName, probability: top.probability } : null,
    accepted,
    durationMs,
  });
  const [a, b] = contenders.map(({ name, kind, task }) => ({ name, kind, task }));
  const pictures = comparisons.map((each) => ({ ...each, a: saying(each.a), b: saying(each.b) }));
  const failed = failures.map(({ name, model, error }) => ({
    ...{ name, model, code: error.code, detail: error.message, fix: error.fix },
  }));
  return JSON.stringify({ a, b, summary, pictures, failed }, undefined, 2);
}
