import { basename } from 'node:path';
import type { TagFigures } from '../evaluation.ts';
import type { Confusion } from '../figures/confusion.ts';
import { f1Of, precisionOf, recallOf } from '../figures/curve.ts';
import type { Proportion } from '../figures/proportion.ts';
import type { Thresholds } from '../figures/thresholds.ts';
import { gallery } from './gallery.ts';
import { html, Markup } from './html.ts';
import { STYLE } from './pageStyle.ts';
import { plotsOf } from './plots.ts';
import type { Candidate, Report } from './report.ts';
import {
  differenceText,
  figure,
  INTERVALS,
  isTold,
  notesOf,
  percent,
  range,
  setText,
  setting,
  shownThresholds,
} from './words.ts';

/** Nothing is fetched, nothing runs: it reads the same offline, in a mail, and in ten years. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** One HTML file with everything in it. */
export async function reportPage(report: Report): Promise<string> {
  const { models, difference } = report;
  const title = models.map(({ name }) => basename(name)).join(' and ');
  const notes = notesOf(report);
  const sections: Markup[] = [];
  for (const [index, model] of models.entries()) sections.push(await section(model, index, models.length));
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>Evaluation of ${title}</title><style>${new Markup(STYLE)}</style></head>
<body><main>
<h1>How good ${models.length > 1 ? 'are' : 'is'} ${title}?</h1>
<p class="soft">${setText(report)} ${report.failures.length > 0 && `${report.failures.length} failed and count in no figure.`}</p>
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${difference && html`<p>${differenceText(difference, models)}</p>`}
${sections}
${definitions(report)}
</main></body></html>
`.text;
}

async function section({ name, kind, evaluation }: Candidate, index: number, count: number): Promise<Markup> {
  const { tags, all, confusion, wrong, task } = evaluation;
  const boxes = task === 'boxes';
  return html`<section aria-labelledby="model-${index}">
<h2 id="model-${index}">${count > 1 && `${'AB'[index]}: `}${basename(name)} <span class="soft">(${kind})</span></h2>
${headline(evaluation)}
<div class="plots">${plotsOf(evaluation)}</div>
<h3>Tag by tag, at the threshold ${setting(evaluation.threshold)}</h3>
${tagTable(tags.filter(isTold), all, boxes, `Figures of ${name} for each tag`)}
${confusion && confusion.truths.length > 1 && html`<h3>What is taken for what</h3>${confusionTable(confusion, `Most probable tags of ${name}`)}`}
<h3>Thresholds</h3>
${thresholdTable(evaluation.thresholds, `What thresholds give with ${name}`)}
<h3>Wrong pictures (${wrong.length})</h3>
${boxes && wrong.length > 0 && html`<p class="soft">Green: what people drew. Yellow, dashed: what was accepted.</p>`}
${await gallery(wrong)}
</section>`;
}

function headline({ topRight, allRight, all, thresholds: { best }, task }: Candidate['evaluation']): Markup {
  const share = (of: Proportion | undefined) => (of ? percent(of.share) : '–');
  const detail = (of: Proportion | undefined) => of && `${of.hits} of ${of.of}; ${range(of)} %`;
  return html`<ul class="cards">
${topRight && html`<li>top tag right<strong>${share(topRight)}</strong><span class="soft">${detail(topRight)}</span></li>`}
<li>right at its threshold<strong>${share(allRight)}</strong><span class="soft">${detail(allRight)}</span></li>
<li>${task === 'boxes' ? 'mAP@0.5' : 'mAP'}<strong>${figure(all.averagePrecision)}</strong><span class="soft">${task === 'boxes' ? `mAP@0.5:0.95 ${figure(all.averagePrecision50to95)}` : 'mean of the tags'}</span></li>
${best && html`<li>best threshold<strong>${setting(best.probability)}</strong><span class="soft">F1 ${figure(f1Of(best))}; now ${figure(all.f1)}</span></li>`}
</ul>`;
}

/** Wide tables scroll by themselves, with the keyboard too. */
const scrolling = (label: string, table: Markup): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${table}</div>`;

const heads = (names: readonly string[]): Markup =>
  html`<thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>`;

function tagTable(tags: readonly TagFigures[], all: TagFigures, boxes: boolean, label: string): Markup {
  const share = (of: Proportion | undefined) =>
    of ? html`<td>${percent(of.share)}<small>${range(of)}</small></td>` : html`<td class="none">–</td>`;
  const row = (name: string, of: TagFigures) =>
    html`<tr class="${of.tag === undefined && 'all'}"><th scope="row">${name}</th><td>${of.truths}</td><td>${of.accepted}</td>${share(of.precision)}${share(of.recall)}<td>${figure(of.f1)}</td><td>${figure(of.averagePrecision)}</td>${boxes && html`<td>${figure(of.averagePrecision50to95)}</td>`}</tr>`;
  const names = ['tag', boxes ? 'boxes' : 'pictures', 'accepted', 'precision', 'recall', 'F1'];
  return scrolling(
    label,
    html`<table>${heads([...names, ...(boxes ? ['AP@0.5', 'AP@0.5:0.95'] : ['AP'])])}<tbody>${tags.map((each) => row(each.tag ?? '', each))}${row('all', all)}</tbody></table>`,
  );
}

function confusionTable({ truths, said, counts }: Confusion, label: string): Markup {
  const kind = (truth: string, column: number, count: number) =>
    said[column] === truth ? 'right' : count > 0 ? 'wrong' : 'none';
  return scrolling(
    label,
    html`<table>${heads(['true ↓ answered →', ...said])}<tbody>${truths.map(
      (truth, row) =>
        html`<tr><th scope="row">${truth}</th>${(counts[row] ?? []).map((count, column) => html`<td class="${kind(truth, column, count)}">${count}</td>`)}</tr>`,
    )}</tbody></table>`,
  );
}

function thresholdTable(thresholds: Thresholds, label: string): Markup {
  const share = (value: number | undefined) => (value === undefined ? '–' : percent(value));
  return scrolling(
    label,
    html`<table>${heads(['threshold', 'accepted', 'precision', 'recall', 'F1'])}<tbody>${shownThresholds(
      thresholds,
    ).map(
      (point) =>
        html`<tr class="${point.probability === thresholds.best?.probability && 'all'}"><th scope="row">${setting(point.probability)} <span class="soft">${point.remark}</span></th><td>${point.accepted}</td><td>${share(precisionOf(point))}</td><td>${share(recallOf(point))}</td><td>${figure(f1Of(point))}</td></tr>`,
    )}</tbody></table>`,
  );
}

function definitions({ task }: Report): Markup {
  const ap =
    task === 'boxes'
      ? 'as COCO defines it: the mean of the highest precision at the recalls 0, 0.01 … 1. A box is right where it covers a true one of its tag by at least 0.5 (intersection over union), or by 0.5 to 0.95, that no more probable one took.'
      : 'the sum over all probabilities of precision times the gain in recall, without interpolation, as scikit-learn does. mAP is the mean of the tags that are to be found.';
  const calibration = {
    'one tag': 'Of each picture the most probable tag',
    'several tags': 'Every tag of every picture',
    boxes: 'Every box that was answered',
  }[task];
  return html`<section aria-labelledby="words"><h2 id="words">How the figures are defined</h2><dl class="words">
<dt>accepted</dt><dd>Answered with a probability at the threshold or above.</dd>
<dt>right at its threshold</dt><dd>Pictures of which exactly what is true was accepted.</dd>
<dt>precision</dt><dd>Of what was accepted, the share that is true.</dd>
<dt>recall</dt><dd>Of what is true, the share that was accepted.</dd>
<dt>F1</dt><dd>The harmonic mean of the two.</dd>
<dt>average precision</dt><dd>As an area under precision over recall: ${ap}</dd>
<dt>best threshold</dt><dd>The one with the best F1 over all tags. It was chosen on these very pictures: on others it does a little worse.</dd>
<dt>calibration</dt><dd>${calibration}, in ten classes of probability: the mean probability against the share that is right. Off by: the expected calibration error, the mean distance of the two, weighted by the answers of each class.</dd>
<dt>intervals</dt><dd>${INTERVALS}</dd>
</dl></section>`;
}
