/** Writes the figures of the last whole run into docs/performance.md, and a picture of them. `node test/bench/page.ts` */
import { readFileSync, writeFileSync } from 'node:fs';
import { named, type Row } from './row.ts';

const at = (path: string) => new URL(path, import.meta.url);
const rows = JSON.parse(readFileSync(at('results/latest.json'), 'utf8')) as Row[];
const PAGE = at('../../docs/performance.md');
const [BEGIN, END] = ['<!-- bench -->', '<!-- /bench -->'];

const cell = (text: string) => text.replaceAll('|', '\\|');
const table = [
  '| work | against | measured | promised | |',
  '| --- | --- | --- | --- | --- |',
  ...rows.map(({ work, against, result, mark, met }) => {
    const verdict = mark ? (met ? 'met' : '**not met**') : '';
    return `| ${[work, against, result, mark ?? '', verdict].map(cell).join(' | ')} |`;
  }),
].join('\n');
const page = readFileSync(PAGE, 'utf8');
const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
if (before === -1 || after === -1) throw new Error(`${PAGE.pathname} has no ${BEGIN} … ${END}.`);
writeFileSync(PAGE, `${page.slice(0, before)}${BEGIN}\n${table}\n${page.slice(after)}`);

/** How much of what is promised a line takes; up to 1 it is kept. Undefined where the promise is no ratio. */
function share({ ratio, mark = '' }: Row): number | undefined {
  const [, sign, most] = /^([≤≥]) ([\d.]+)$/u.exec(mark) ?? [];
  if (!sign || ratio === undefined) return undefined;
  return sign === '≤' ? ratio / Number(most) : Number(most) / ratio;
}

const bars = rows.flatMap((row) => {
  const taken = share(row);
  return taken === undefined ? [] : [{ label: `${named(row)} (${row.mark})`, taken }];
});
const [LINE, LEFT, UNIT, MOST] = [24, 620, 260, 1.4];
const text = (label: string) => label.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const height = LINE * (bars.length + 2);
const lines = bars.map(({ label, taken }, index) => {
  const y = LINE * (index + 1);
  const width = Math.min(taken, MOST) * UNIT;
  return (
    `<text x="${LEFT - 8}" y="${y + 15}" text-anchor="end">${text(label)}</text>` +
    `<rect class="${taken <= 1 ? 'met' : 'over'}" x="${LEFT}" y="${y + 4}" width="${width.toFixed(0)}" height="${LINE - 8}"/>` +
    `<text x="${(LEFT + width + 6).toFixed(0)}" y="${y + 15}">${(taken * 100).toFixed(0)} %</text>`
  );
});
const style =
  'text{font:12px system-ui,sans-serif;fill:#222}.met{fill:#2b7a4b}.over{fill:#b3382c}line{stroke:#666;stroke-dasharray:4 3}' +
  '@media(prefers-color-scheme:dark){text{fill:#ddd}.met{fill:#5cbf86}.over{fill:#ef7d70}line{stroke:#aaa}}';
writeFileSync(
  at('../../docs/images/bench.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + UNIT * MOST + 60} ${height}" role="img" aria-label="How much of each promise is taken">` +
    `<style>${style}</style><line x1="${LEFT + UNIT}" y1="${LINE / 2}" x2="${LEFT + UNIT}" y2="${height - LINE}"/>` +
    `<text x="${LEFT + UNIT}" y="${LINE / 2}" text-anchor="middle">promised</text>${lines.join('')}</svg>\n`,
);
